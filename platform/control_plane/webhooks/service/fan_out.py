"""Put events on their way to webhooks."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.events import channels
from control_plane.webhooks.queries import fan_out as queries

SEND_JOB = "webhooks.send"
_GATHER_SECONDS = 0.1
"""Events that come so soon after another are sent by the same job: claimed, and written down, together."""


async def fan_out(
    tx: Transaction,
    tenant_ids: Sequence[UUID],
    event_ids: Sequence[UUID],
    types: Sequence[str],
    message_ids: Sequence[UUID] | None = None,
) -> int:
    """Put newly stored events on their way to the webhooks that subscribe to them; gives the number of sendings.

    Works in a transaction of either role, in the one that stores the events: both or neither. Who waits for events
    with `GET /v1/events` is told, too. Who knows the events' messages tells them, which spares looking them up.
    """
    rows = await queries.fan_out(tx, tenant_ids, event_ids, types, message_ids)
    for row in rows:
        whom = str(row["tenant_id"]), str(row["webhook_id"])
        tx.outbox.trigger(SEND_JOB, *whom, after_seconds=_GATHER_SECONDS)
    for tenant_id in set(tenant_ids):
        tx.outbox.signal(channels.of_tenant(tenant_id))
    return sum(row["rows"] for row in rows)
