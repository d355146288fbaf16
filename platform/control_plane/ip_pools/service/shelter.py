"""Take a listed address out of its pool and let another one stand in; bring it back once it is cleared (fleet role)."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.ip_pools.queries import ips as queries
from control_plane.ip_pools.queries import tenures
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.service import life
from control_plane.ip_pools.service.tell import tell
from control_plane.ip_pools.stand_in import Member, Plan, plan


async def outbound(tx: Transaction, clock: Clock) -> list[str]:
    """List the addresses whose reputation matters: all that are used, and those that cool down."""
    return await queries.of_concern(tx.connection, clock.now())


async def listed(
    tx: Transaction, address: str, clock: Clock, *, by: str, severe: bool, others_listed: Collection[str]
) -> Plan | None:
    """Take an address that is on a list out of its pool, if that can be, and tell; None if it is no longer ours."""
    pool = await _locked_pool(tx, address)
    known = next((row for row in pool if row.address == address), None)
    if known is None:
        return None
    outcome = Plan(quarantine=False, why="the list is not severe enough to stop its mail")
    if severe:
        await tenures.count_listing(tx.connection, [known.id])
        outcome = await _take_out(tx, pool, known, clock, by, others_listed)
    after = await life.locked(tx, known.id)
    told = {"list": by, "severe": severe, "quarantined": outcome.quarantine, "why": outcome.why}
    await tell(tx, "ip.listed", after, told, clock.now())
    return outcome


async def cleared(tx: Transaction, address: str, clock: Clock, *, by: str, on_others: bool) -> None:
    """Tell that an address is off a list; off the last severe one, it is warmed up again."""
    row = await queries.lock_address(tx.connection, address)
    if row is None:
        return
    if row.status == "quarantined" and row.quarantined_for == "listing" and not on_others:
        row = await life.take(tx, row, "rewarm", clock, reason=f"it is off {by}")
    await tell(tx, "ip.cleared", row, {"list": by}, clock.now())


async def _locked_pool(tx: Transaction, address: str) -> list[IpRow]:
    """Lock an address together with its pool, in the order in which all do: a list often names a whole network."""
    known = await queries.find_by_address(tx.connection, address)
    return [] if known is None else await queries.lock_pool(tx.connection, known.pool_id)


async def _take_out(
    tx: Transaction, pool: Sequence[IpRow], known: IpRow, clock: Clock, by: str, others_listed: Collection[str]
) -> Plan:
    decided = plan([_member(row, others_listed) for row in pool], known.id)
    for row in sorted(pool, key=lambda row: row.node_id):  # their nodes are locked in the order in which all do
        if row.id == decided.stand_in:
            await _stand_in(tx, row, known)
        elif row.id == known.id and decided.quarantine:
            await life.quarantine(tx, row, clock, reason=f"it is on {by}: {decided.why}", why="listing")
    return decided


async def _stand_in(tx: Transaction, row: IpRow, for_whom: IpRow) -> None:
    reason = f"it stands in for {for_whom.address}"
    await life.store(tx, row, msgspec.structs.replace(row, standby=False, reason=reason), "ips.stand_in")


def _member(row: IpRow, listed_addresses: Collection[str]) -> Member:
    return Member(
        id=row.id,
        status=row.status,
        standby=row.standby,
        node_is_ready=row.node_status == "ready",
        listed=row.address in listed_addresses,
    )


async def address_of(tx: Transaction, ip_id: UUID) -> str | None:
    """Give an address by its id."""
    row = await queries.find(tx.connection, ip_id)
    return None if row is None else row.address
