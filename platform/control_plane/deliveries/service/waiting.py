"""Who waits in line: noted by whoever lets mail wait, and found by a sweep where it was not."""

from collections.abc import Collection, Iterable
from uuid import UUID

from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.queries import claims, paused, suspension, waiting
from control_plane.deliveries.turns import Turn
from control_plane.ip_pools import service as ip_pools


def await_turn(tx: Transaction, pools: Collection[UUID], oldest: UUID = claims.FIRST) -> None:
    """Have the bound tenant's mail wait in pools: its place in line is taken right before the commit.

    None of that mail has an id that is smaller than `oldest`.
    """
    turns = [(bound_tenant(), pool_id) for pool_id in pools]
    if not turns:
        return

    async def take_place(tx: Transaction) -> None:
        await claims.await_turns(tx.connection, turns, oldest)

    tx.at_end(take_place)
    _call(tx, pools)


async def wait_again(tx: Transaction, turns: Iterable[Turn]) -> None:
    """Have mail of tenants wait in pools again, and call for nodes; ends the transaction's work (fleet role).

    What is of a paused stream is held instead.
    """
    again = set(turns)
    if again:
        await paused.hold(tx.connection, again)
        await claims.await_turns(tx.connection, again)
        _call(tx, {pool_id for _, pool_id in again})


async def find_turns(db: Database) -> int:
    """Put those in line whose mail waits and who are not; gives how many. There should be none."""
    async with db.fleet_tx() as tx:
        lost = await waiting.not_in_line(tx.connection)
        await wait_again(tx, lost)
    return len(lost)


async def hold_suspended(tx: Transaction, tenant_id: UUID, limit: int) -> int:
    """Take a suspended tenant's waiting deliveries out of the queue, some at a time; gives how many (fleet role).

    Claims pass it over anyway; its place in line is given up, so that it does not come back with an old one.
    """
    pools = await suspension.hold(tx.connection, tenant_id, limit)
    if pools:
        await claims.end_turns(tx.connection, [], {(tenant_id, pool_id) for pool_id in pools})
    return len(pools)


async def free_suspended(tx: Transaction, tenant_id: UUID, limit: int) -> int:
    """Let deliveries wait again that a suspension held, some at a time, and call for nodes; gives how many.

    The caller has locked the tenant. What is of a paused stream waits for the end of the pause.
    """
    await paused.count_first(tx.connection, tenant_id)
    freed = await suspension.free(tx.connection, tenant_id, limit)
    await wait_again(tx, ((tenant_id, pool_id) for pool_id, is_paused in freed if not is_paused))
    return len(freed)


def _call(tx: Transaction, pools: Collection[UUID]) -> None:
    for pool_id in pools:
        tx.outbox.signal(ip_pools.channel(pool_id))
