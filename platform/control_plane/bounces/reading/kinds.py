"""What a mail to a return path can be."""

from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["failed", "delayed", "arrived", "complaint", "auto_reply", "challenge", "unreadable"]
"""`delayed` is still tried; `arrived` is a receipt that nobody asked for; a `challenge` wants the sender to do
something before the mail is shown."""


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What came back."""

    kind: Kind
    dsn: str = ""
    """The enhanced status code (RFC 3463), as in `5.1.1`."""
    reply: str = ""
    """What the other side says the reason is, on one line."""
    reporter: str = ""
    """Who says so: a host."""
