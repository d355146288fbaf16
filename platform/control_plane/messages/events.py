"""An event as the timeline and the webhooks show it, from its row."""

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.messages.schemas import MessageEvent


def event_of(row: asyncpg.Record) -> MessageEvent:
    """Make the public event from the columns id, type, at and data; raises `KeyError` without one of them."""
    fields: dict[str, object] = msgspec.json.decode(row["data"], type=dict[str, object])
    fields |= {"id": ids.encode("evt", row["id"]), "type": row["type"], "at": row["at"]}
    return msgspec.convert(fields, MessageEvent)
