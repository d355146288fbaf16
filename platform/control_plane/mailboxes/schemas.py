"""What mailboxes look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body

MailboxStatus: TypeAlias = Literal["active", "suspended"]
Password: TypeAlias = Annotated[str, msgspec.Meta(min_length=10, max_length=256)]
QuotaBytes: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]


class NewMailbox(Body, frozen=True, kw_only=True):
    """A mailbox to be made."""

    address: Annotated[str, msgspec.Meta(min_length=3, max_length=320)]
    password: Password
    name: Name = ""
    quota_bytes: QuotaBytes = 0
    """0: no limit."""


class MailboxChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    password: Password | msgspec.UnsetType = msgspec.UNSET
    name: Name | msgspec.UnsetType = msgspec.UNSET
    quota_bytes: QuotaBytes | msgspec.UnsetType = msgspec.UNSET
    status: MailboxStatus | msgspec.UnsetType = msgspec.UNSET


class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox; its password is never shown."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"used_bytes"})

    id: str
    address: str
    name: str
    quota_bytes: int
    used_bytes: int | None
    """Null until the node has counted."""
    status: MailboxStatus
    created_at: datetime
    version: int
    """Goes up with each change, also of the password."""
