"""Add addresses to a list; said again, nothing happens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from control_plane.core.actor import current_actor
from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.suppressions.queries import add as queries
from control_plane.suppressions.queries.add import Wanted
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.schemas import NOTE_MAX, NewSuppression
from control_plane.suppressions.service.tell import CREATED, tell

SOFT_KEPT = timedelta(days=7)


async def add(tx: Transaction, entries: Sequence[NewSuppression], now: datetime) -> list[SuppressionRow]:
    """Suppress addresses for the bound tenant, and tell of what is new, stricter, or holds for longer; gives that."""
    return await add_for(tx, bound_tenant(), entries, now)


async def add_for(
    tx: Transaction, tenant_id: UUID, entries: Sequence[NewSuppression], now: datetime
) -> list[SuppressionRow]:
    """Do the same for any tenant (fleet role)."""
    rows = await store(tx, tenant_id, entries, now, who())
    await tell(tx, tenant_id, CREATED, rows, now)
    return rows


async def store(
    tx: Transaction, tenant_id: UUID, entries: Sequence[NewSuppression], now: datetime, created_by: str
) -> list[SuppressionRow]:
    """Add without a word: for whole files."""
    if not entries:
        return []
    return await queries.add(tx.connection, tenant_id, [_wanted(each, now) for each in entries], created_by, now)


def who() -> str:
    """Name who acts, as the list shows it; nothing for the platform itself."""
    actor = current_actor()
    return "" if actor.kind == "system" else actor.name


def _wanted(entry: NewSuppression, now: datetime) -> Wanted:
    soft = now + SOFT_KEPT if entry.reason == "soft_bounce" else None
    return Wanted(
        id=new_uuid(),
        email=entry.email.lower(),
        stream=entry.stream or "",
        for_clients=entry.for_clients,
        reason=entry.reason,
        source=entry.source,
        note=entry.note[:NOTE_MAX].replace("\0", "\N{REPLACEMENT CHARACTER}"),
        message_id=entry.message_id,
        delivery_id=entry.delivery_id,
        expires_at=entry.expires_at or soft,
    )
