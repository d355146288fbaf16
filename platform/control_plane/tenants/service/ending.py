"""Close a tenant and think better of it: for some days it only waits, suspended, and can be reopened."""

from datetime import datetime, timedelta
from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import encode
from control_plane.core.tenancy import bound_tenant
from control_plane.tenants.errors import AlreadyErasing, CannotClose, Ending, HasClients
from control_plane.tenants.queries import clients as queries
from control_plane.tenants.queries import tree
from control_plane.tenants.queries.tree import TreeNode
from control_plane.tenants.schemas import Client, Standing
from control_plane.tenants.service.clients import PREFIX, found, view
from control_plane.tenants.service.standing import apply


async def close_client(db: Database, clock: Clock, client_id: UUID, days: int) -> Client:
    """Close a client; raises `NotFound`, `HasClients`."""
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        await found(tx, client_id)
        await _close(tx, clock, client_id, days, "clients.close")
        return view(await found(tx, client_id))


async def reopen_client(db: Database, clock: Clock, client_id: UUID) -> Client:
    """Reopen a client that was closed; raises `NotFound`, `AlreadyErasing`, `Ending`."""
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        await found(tx, client_id)
        await _reopen(tx, clock, client_id, "clients.reopen")
        return view(await found(tx, client_id))


async def close_own(db: Database, clock: Clock, days: int) -> Standing:
    """Close the bound tenant; raises `HasClients`, `CannotClose`."""
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        await _close(tx, clock, bound_tenant(), days, "account.close")
        return await queries.standing(tx.connection)


async def reopen_own(db: Database, clock: Clock) -> Standing:
    """Reopen the bound tenant; raises `AlreadyErasing`, `Ending`."""
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        await _reopen(tx, clock, bound_tenant(), "account.reopen")
        return await queries.standing(tx.connection)


async def standing(db: Database) -> Standing:
    """Say how the bound tenant stands."""
    async with db.tenant_tx() as tx:
        return await queries.standing(tx.connection)


async def _close(tx: Transaction, clock: Clock, tenant_id: UUID, days: int, action: str) -> None:
    node = await _node(tx, tenant_id)
    if node.kind == "operator":
        raise CannotClose
    if await tree.has_clients(tx.connection, tenant_id):
        raise HasClients
    if node.closing_at is None:
        await _set(tx, clock, node, clock.now() + timedelta(days=days), action)


async def _reopen(tx: Transaction, clock: Clock, tenant_id: UUID, action: str) -> None:
    node = await _node(tx, tenant_id)
    if node.closing_at is None:
        return
    if node.closing_at <= clock.now():
        raise AlreadyErasing
    above = None if node.parent_id is None else await tree.node(tx.connection, node.parent_id)
    if above is not None and above.closing_at is not None:
        raise Ending("The agency above is being closed as well: it has to be reopened first.")
    await _set(tx, clock, node, None, action)


async def _set(tx: Transaction, clock: Clock, node: TreeNode, closing_at: datetime | None, action: str) -> None:
    await tree.set_closing(tx.connection, node.id, closing_at)
    await apply(tx, clock, node.id)
    before, after = {"closing_at": node.closing_at}, {"closing_at": closing_at}
    audit.record(tx, action, encode(PREFIX, node.id), before=before, after=after, tenant_id=node.id)


async def _node(tx: Transaction, tenant_id: UUID) -> TreeNode:
    node = await tree.node(tx.connection, tenant_id)
    assert node is not None, "it is bound, or was found"
    return node
