"""Tell of entries that came and went: an event each, and webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.suppressions.queries import add as queries
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.service.view import view
from control_plane.webhooks import service as webhooks

EventType: TypeAlias = Literal["suppression.created", "suppression.deleted"]

CREATED: EventType = "suppression.created"
DELETED: EventType = "suppression.deleted"


async def tell(
    tx: Transaction,
    tenant_id: UUID,
    event_type: EventType,
    rows: Sequence[SuppressionRow],
    now: datetime,
) -> None:
    """Store that entries of a tenant's list were made or ended, and send it to webhooks (either role)."""
    if not rows:
        return
    event_ids, emails = [ids.new_uuid() for _ in rows], [row.email for row in rows]
    data = [_data(row) for row in rows]
    await queries.store_events(tx.connection, tenant_id, event_type, event_ids, emails, data, now)
    await webhooks.fan_out(tx, [tenant_id] * len(rows), event_ids, [event_type] * len(rows))


def _data(row: SuppressionRow) -> str:
    """Write the suppression as the API shows it; `id` is the event's own."""
    shown = msgspec.structs.asdict(view(row))
    return msgspec.json.encode({"suppression_id": shown.pop("id"), **shown}).decode()
