"""What keeps a tenant's mail back, as enforcement decided: written once, read at every mail."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.tenants.queries import restraints as queries
from control_plane.tenants.queries import tree
from control_plane.tenants.schemas import Status
from control_plane.tenants.service.standing import apply

PAUSE_KNOWN_SECONDS = 5
"""So long some process may go on accepting for a stream that was just paused."""
_paused: TtlCache[TenantId, frozenset[str]] = TtlCache(fresh_seconds=PAUSE_KNOWN_SECONDS)


async def lock_tree(tx: Transaction) -> None:
    """Have the tree alone until the transaction ends; before anything else that it does (fleet role)."""
    await tree.lock(tx.connection)


async def restrain(
    tx: Transaction,
    clock: Clock,
    tenant_id: UUID,
    status: Status,
    throttled_hour: int | None,
    paused: Sequence[str],
    risk: Sequence[str],
    why: Mapping[str, object],
) -> None:
    """Put in force what was decided for a tenant itself, and not for those below it (fleet role).

    The caller has locked the tree.
    """
    await queries.restrain(tx.connection, tenant_id, status, throttled_hour, paused, risk)
    _paused.drop(TenantId(tenant_id))
    await apply(tx, clock, tenant_id, why)


async def paused_streams(tx: Transaction) -> frozenset[str]:
    """Say which of the bound tenant's streams are paused; up to 5 s old."""
    tenant_id = bound_tenant()
    found = _paused.get(tenant_id)
    if found is None:
        found = frozenset(await queries.paused_streams(tx.connection, tenant_id))
        _paused.put(tenant_id, found)
    return found


async def limits_in_force(tx: Transaction, tenant_id: UUID) -> tuple[int | None, int | None]:
    """Give what a tenant may send an hour while it is throttled, and a day while it is new."""
    return await queries.limits_in_force(tx.connection, tenant_id)
