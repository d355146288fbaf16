"""Tell the operator what becomes of the fleet: an event of the root operator's, and what its webhooks want of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.nodes.queries import events as queries
from control_plane.webhooks import service as webhooks


async def tell_operator(
    tx: Transaction, event_type: str, data: Mapping[str, object], *, at: datetime | None = None
) -> None:
    """Store an event such as `node.lost` or `ip.listed` for the operator at the root (fleet role).

    Public ids and plain values only: the data is what webhooks send.
    """
    operator = await queries.operator(tx.connection)
    if operator is None:  # before the first operator is made, there is nobody to tell
        return
    happened = at or datetime.now(UTC)
    event_id = new_uuid(int(happened.timestamp() * 1000))  # lists of events go by their ids
    await queries.insert(tx.connection, operator, event_id, event_type, happened, msgspec.json.encode(data).decode())
    await webhooks.fan_out(tx, [operator], [event_id], [event_type])
