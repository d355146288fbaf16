"""What frames each page: whose account it is, who is signed in, and the section that is open."""

import msgspec

SECTIONS = ("messages", "domains", "mailboxes", "webhooks")
"""Beside home; each is read with the scope of its name."""


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """The frame of a signed-in page."""

    tenant_name: str
    user_name: str
    user_email: str
    section: str
    readable: frozenset[str] = frozenset(("home", *SECTIONS))
    """Sections that are shown to this person."""
    notice: str = ""

    @property
    def user_initial(self) -> str:
        """Give the letter in the account button."""
        return (self.user_name or self.user_email)[:1].upper()
