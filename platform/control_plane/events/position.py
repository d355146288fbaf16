"""A place in the order of events, and how it is written for others: they only hand it back."""

import base64
import binascii
import struct
from uuid import UUID

import msgspec

from control_plane.core.errors import FieldError, Invalid

_FORMAT = struct.Struct(">IQ16s")
_LATEST = 2**63
"""No transaction has such a number."""
_BEFORE_ALL = UUID(int=0)


class Position(msgspec.Struct, frozen=True, order=True):
    """Right after one event, or before all events of a transaction."""

    transaction: int
    event_id: UUID = _BEFORE_ALL


START = Position(0)


def write(position: Position, era: int) -> str:
    """Write a position down; `era` tells databases apart, of which each numbers its transactions anew."""
    packed = _FORMAT.pack(era, position.transaction, position.event_id.bytes)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: str) -> tuple[Position, int]:
    """Read what `write` wrote, with its era; raises `Invalid` at `after`."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"==", altchars=b"-_", validate=True)
        era, transaction, event_id = _FORMAT.unpack(packed)
    except (UnicodeEncodeError, binascii.Error, struct.error) as error:
        raise _unreadable() from error
    if transaction >= _LATEST:
        raise _unreadable()
    return Position(transaction, UUID(bytes=event_id)), era


def _unreadable() -> Invalid:
    return Invalid(errors=(FieldError("after", "This is not the `next` of a page of events."),))
