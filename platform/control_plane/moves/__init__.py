"""Mailboxes on their way from one node to another, while they are in use."""
