"""Addresses that mail is not sent to: because they bounced, complained, unsubscribed, or somebody said so."""
