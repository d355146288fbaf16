"""Mailboxes that people read with IMAP."""
