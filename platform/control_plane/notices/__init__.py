"""Mails of the platform itself to people: links, invitations, news of their own account's safety."""
