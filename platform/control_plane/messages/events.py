"""An event as the timeline and the webhooks show it, from its row; and what is in the rows that are made here."""

from datetime import datetime

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.errors import Refused
from control_plane.messages.schemas import MessageEvent

_LONGEST = 1000


def event_of(row: asyncpg.Record) -> MessageEvent:
    """Make the public event from the columns id, type, at and data; raises `KeyError` without one of them."""
    fields: dict[str, object] = msgspec.json.decode(row["data"], type=dict[str, object])
    fields |= {"id": ids.encode("evt", row["id"]), "type": row["type"], "at": row["at"]}
    return msgspec.convert(fields, MessageEvent)


def in_sandbox(data: str) -> str:
    """Mark what the event of a played delivery says beside: an object of JSON."""
    return '{"sandbox":true' + ("}" if data == "{}" else f",{data[1:]}")


def suppressed_data(reason: str) -> str:
    """Write what the event of a suppressed delivery says beside."""
    reply = f"Not sent: this address is on a suppression list ({reason.replace('_', ' ')})."
    return msgspec.json.encode({"reply": reply}).decode()


def failed_data(refused: Refused) -> str:
    """Write what the event says beside of a delivery that nothing can come of."""
    why = [f"{error.path}: {error.message}" for error in refused.errors]
    return msgspec.json.encode({"reply": " ".join(["Not sent:", *(why or [refused.detail])])[:_LONGEST]}).decode()


def scheduled_data(due: datetime) -> str:
    """Write what the event of a scheduled delivery says beside."""
    return msgspec.json.encode({"send_at": due}).decode()
