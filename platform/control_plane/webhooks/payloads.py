"""What a webhook's message says: the same with every try."""

from datetime import datetime

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.ids import TenantId
from control_plane.events import payloads

_encoder = msgspec.json.Encoder(order="deterministic")


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The body that is sent."""

    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, object]


def body_of(row: asyncpg.Record, tenant_id: TenantId) -> bytes:
    """Make the body from an event's row with its message's tags and metadata."""
    told = Payload(
        type=row["type"],
        timestamp=row["at"],
        tenant_id=ids.encode("ten", tenant_id),
        data=payloads.data_of(row),
    )
    return encoded(told)


def encoded(payload: Payload) -> bytes:
    """Write a body down, always in the same way."""
    return _encoder.encode(payload)
