"""What a webhook's message says: the event, and which message and recipient it is about. The same with every try."""

from datetime import datetime

import asyncpg
import msgspec

from control_plane.core import ids

_encoder = msgspec.json.Encoder(order="deterministic")


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The body that is sent."""

    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, object]


def body_of(row: asyncpg.Record, tenant_id: str) -> bytes:
    """Make the body from an event's row with its message's tags and metadata."""
    data: dict[str, object] = msgspec.json.decode(row["data"], type=dict[str, object])
    data |= {"id": ids.encode("evt", row["event_id"]), "type": row["type"], "at": row["at"]}
    if row["message_id"] is not None:
        data |= {
            "message_id": ids.encode("msg", row["message_id"]),
            "tags": row["tags"] or [],
            "metadata": msgspec.Raw(row["metadata"] or "{}"),
        }
    if row["delivery_id"] is not None:
        data |= {"delivery_id": ids.encode("dlv", row["delivery_id"]), "recipient": row["recipient"]}
    return _encoder.encode(Payload(type=row["type"], timestamp=row["at"], tenant_id=tenant_id, data=data))
