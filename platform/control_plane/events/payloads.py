"""What is told of an event, and of the message and recipient it is about: the same however often it is told."""

import asyncpg
import msgspec

from control_plane.core import ids

COLUMNS = """e.id as event_id, e.type, e.at, e.message_id, e.delivery_id, e.recipient, e.data::text as data, m.tags,
  m.metadata::text as metadata"""
"""What `data_of` reads of an event `e` and its message `m`."""


def data_of(row: asyncpg.Record) -> dict[str, object]:
    """Put together what is told of an event, from its row with its message's tags and metadata."""
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
    return data
