"""Stop what waited for a node while its recipient was suppressed: the last look before mail leaves the platform."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.deliveries.queries import suppressed as queries
from control_plane.deliveries.queries.claims import WaitingDelivery
from control_plane.deliveries.queries.suppressed import Stopped
from control_plane.ip_pools.schemas import Stream
from control_plane.messages.events import suppressed_data
from control_plane.suppressions import service as suppressions
from control_plane.webhooks import service as webhooks

_FRESH = timedelta(seconds=2)
"""What is claimed so soon was looked up when it was accepted: mail that does not wait costs no second look."""


async def without_suppressed(
    tx: Transaction, picked: Sequence[WaitingDelivery], streams: Mapping[UUID, Stream]
) -> list[WaitingDelivery]:
    """Leave out, and end, what may not be sent any more; `streams` are those of the pools (fleet role)."""
    fresh_from = ids.lower_bound(datetime.now(UTC) - _FRESH)
    recipients: dict[suppressions.Mail, list[str]] = defaultdict(list)
    for each in picked:
        if each.id < fresh_from:
            recipients[each.tenant_id, streams[each.pool_id]].append(each.recipient)
    reasons = await suppressions.check_all(tx, recipients) if recipients else {}
    if not reasons:
        return list(picked)

    def reason_of(each: WaitingDelivery) -> str | None:
        return reasons.get((each.tenant_id, streams[each.pool_id]), {}).get(each.recipient.lower())

    await _stop(tx, [(each, reason) for each in picked if (reason := reason_of(each))])
    return [each for each in picked if not reason_of(each)]


async def _stop(tx: Transaction, stopped: Sequence[tuple[WaitingDelivery, str]]) -> None:
    rows = [Stopped(each.tenant_id, each.id, ids.new_uuid(), suppressed_data(reason)) for each, reason in stopped]
    await queries.suppress(tx.connection, rows, datetime.now(UTC))
    await webhooks.fan_out(
        tx, [row.tenant_id for row in rows], [row.event_id for row in rows], ["message.suppressed"] * len(rows)
    )
    for message_id in {each.message_id for each, _ in stopped}:
        tx.outbox.signal(f"message:{ids.encode('msg', message_id)}")
