"""Mailboxes on their way from one node to another: the source pushes its copy, pass by pass, until both are one."""
