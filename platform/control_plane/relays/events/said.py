"""What a provider says of one mail, in our words; and the errors of what it cannot have said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias, TypeVar

import msgspec

from control_plane.core.errors import Malformed

SaidType: TypeAlias = Literal[
    "message.delivered", "message.deferred", "message.bounced", "message.failed", "message.complained"
]
Decoded = TypeVar("Decoded")
Headers: TypeAlias = Mapping[str, str]
"""Of the request, in lower case."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a mail after the relay took it."""

    id: str
    """The provider's own name for it: a repeat bears the same."""
    type: SaidType
    at: datetime
    recipient: str
    return_path: str = ""
    """The envelope sender that we gave; its left side is the delivery."""
    message_id: str = ""
    """Our Message-ID, with or without its brackets, or `msg_…` alone."""
    reply: str = ""
    dsn: str = ""


class Unreadable(Malformed):
    """The relay's provider sends nothing like that: see that its events are sent as JSON to this address."""

    code = "unreadable_events"


def seconds(value: object) -> datetime:
    """Read Unix seconds; raises `Unreadable`."""
    try:
        return datetime.fromtimestamp(float(value), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise Unreadable from error


def moment(value: object) -> datetime:
    """Read a time as in RFC 3339, in UTC where it names no zone; raises `Unreadable`."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Unreadable from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def decoded(body: bytes, kind: type[Decoded]) -> Decoded:
    """Read JSON leniently: providers add fields; raises `Unreadable`."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable from error
