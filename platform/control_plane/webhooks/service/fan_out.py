"""Put events on their way to webhooks."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.webhooks.queries import sending

SEND_JOB = "webhooks.send"


async def fan_out(tx: Transaction, tenant_ids: Sequence[UUID], event_ids: Sequence[UUID], types: Sequence[str]) -> int:
    """Put newly stored events on their way to the webhooks that subscribe to them; gives the number of sendings.

    Works in a transaction of either role, in the one that stores the events: both or neither.
    """
    rows = await sending.fan_out(tx, tenant_ids, event_ids, types)
    for row in rows:
        tx.outbox.trigger(SEND_JOB, str(row["tenant_id"]), str(row["webhook_id"]))
    return sum(row["rows"] for row in rows)
