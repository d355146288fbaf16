"""What frames each page: whose account it is, who is signed in, where one can go and what one should know."""

import msgspec

from web.navigation import Navigation


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    """A line above the page that says whose eyes or hands are in the account."""

    text: str
    tone: str = "info"
    href: str = ""
    action: str = ""
    switch_to: str = ""
    """The id of the tenant that the button leads to; instead of an address."""


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """The frame of a signed-in page."""

    tenant_name: str
    user_name: str
    user_email: str
    section: str
    navigation: Navigation
    may_write: bool = False
    """Whether a message may be written here."""
    can_switch: bool = False
    """Whether there is a list of other accounts to look at."""
    banners: tuple[Banner, ...] = ()
    notice: str = ""

    @property
    def user_initial(self) -> str:
        """Give the letter in the account button."""
        return (self.user_name or self.user_email)[:1].upper()
