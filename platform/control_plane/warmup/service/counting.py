"""Count how the fleet's addresses fare, where events are stored."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId
from control_plane.shaping import service as shaping
from control_plane.warmup.queries import counts as queries
from control_plane.warmup.schemas import Counts, DayCounts


async def count(
    tx: Transaction, node_id: NodeId, types: Sequence[str], ats: Sequence[datetime], datas: Sequence[str]
) -> None:
    """Count newly stored events of a node for its addresses; `datas` are JSON as events hold it (fleet role)."""
    providers = await shaping.class_names(tx)
    await queries.count(tx.connection, node_id, types, ats, datas, sorted(providers))


async def count_complaint(tx: Transaction, tenant_id: UUID, delivery_id: UUID, message_id: UUID, at: datetime) -> None:
    """Count a complaint for the address that the mail was delivered from, if that is known."""
    await queries.count_complaint(tx.connection, tenant_id, delivery_id, message_id, at.astimezone(UTC).date())


async def days(tx: Transaction, ip_ids: Sequence[UUID], since: date) -> dict[UUID, list[DayCounts]]:
    """Give how addresses fared on each day since one, class by class (fleet role)."""
    found: dict[UUID, list[DayCounts]] = {ip_id: [] for ip_id in ip_ids}
    for ip_id, day, provider, *numbers in await queries.days(tx.connection, ip_ids, since):
        found[ip_id].append(DayCounts(provider=provider, day=day, counts=Counts(*numbers)))
    return found
