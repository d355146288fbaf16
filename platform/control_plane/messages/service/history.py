"""Tell what was done to deliveries here: on their timelines, to webhooks, and to who has the message open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.events import in_sandbox
from control_plane.messages.queries import history
from control_plane.messages.queries.history import HistoryRow
from control_plane.webhooks import service as webhooks


def row(kind: str, message_id: UUID, delivery_id: UUID, recipient: str, pool_id: UUID, data: str = "{}") -> HistoryRow:
    """Make an event of the bound tenant's delivery, marked if that stands in the sandbox."""
    said = in_sandbox(data) if pool_id == SANDBOX_POOL else data
    return HistoryRow(ids.new_uuid(), f"message.{kind}", message_id, delivery_id, recipient, said)


async def tell(tx: Transaction, rows: Sequence[HistoryRow], now: datetime) -> None:
    """Store the events, in the transaction that makes them true."""
    if not rows:
        return
    tenant_id = bound_tenant()
    await history.store(tx.connection, tenant_id, rows, now)
    await webhooks.fan_out(tx, [tenant_id] * len(rows), [each.event_id for each in rows], [each.type for each in rows])
    for message_id in {each.message_id for each in rows}:
        tx.outbox.signal(f"message:{ids.encode('msg', message_id)}")
