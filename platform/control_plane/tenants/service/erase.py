"""Erase tenants whose time is over: first the name and what nodes have, then all rows, some thousand at a time.

Killed at any point, the next run goes on where this one stopped: a tombstone that is not emptied is found again.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter
from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.nodes import service as nodes
from control_plane.tenants.queries import ending as queries
from control_plane.tenants.queries import tree
from control_plane.tenants.queries.ending import OwnedTable
from control_plane.tenants.service.clients import PREFIX

_MOST_TENANTS = 100
_AT_ONCE = 5000


async def erase_due(db: Database, clock: Clock, blobs: Blobs) -> None:
    """Erase every tenant whose time to reopen is over, from the leaves of the tree up."""
    async with db.fleet_tx() as tx:
        due = await queries.due(tx.connection, clock.now(), _MOST_TENANTS)
    for tenant_id in due:
        await _bury(db, clock, tenant_id)
        await _empty(db, clock, blobs, tenant_id)


async def _bury(db: Database, clock: Clock, tenant_id: UUID) -> None:
    """Leave a tombstone and take everything off the nodes, unless another worker or a reopening was quicker."""
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        if await queries.make_tombstone(tx.connection, tenant_id, clock.now()):
            await queries.end_grants(tx.connection, tenant_id)
            await nodes.withdraw_all(tx, tenant_id)
            audit.record(tx, "account.erase", encode(PREFIX, tenant_id), tenant_id=tenant_id)


async def _empty(db: Database, clock: Clock, blobs: Blobs, tenant_id: UUID) -> None:
    async with db.fleet_tx() as tx:
        node = await tree.node(tx.connection, tenant_id)
        tables = in_order(await queries.owned_tables(tx.connection))
    if node is None or node.erased_at is None:
        return
    await blobs.delete_all(tenant_id)
    for table in tables:
        erased = _AT_ONCE
        while erased == _AT_ONCE:
            async with db.fleet_tx() as tx:
                erased = await queries.erase_rows(tx.connection, table, tenant_id, _AT_ONCE)
    async with db.fleet_tx() as tx:
        await queries.mark_emptied(tx.connection, tenant_id, clock.now())


def in_order(tables: Sequence[OwnedTable]) -> list[str]:
    """Order tables so that no row is erased before those that refer to it."""
    names = {table.oid: table.name for table in tables}
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(names, ()))
    for table in tables:
        for target in table.refers_to:
            if target in names:
                sorter.add(target, table.oid)
    return [names[oid] for oid in sorter.static_order()]
