"""Move a branch of the tree below another agency."""

from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode
from control_plane.core.tenancy import bound_tenant
from control_plane.quotas import service as quotas
from control_plane.tenants.errors import Ending, NotAnAgency, TooDeep, WouldBeItsOwnAncestor
from control_plane.tenants.queries import tree
from control_plane.tenants.queries.tree import TreeNode
from control_plane.tenants.schemas import Client
from control_plane.tenants.service.clients import PREFIX, found, given, view
from control_plane.tenants.service.standing import apply

MOST_LEVELS = 32
"""A deeper tree is a mistake of a program's; each level makes every path longer."""


async def move_client(db: Database, clock: Clock, client_id: UUID, parent_id: UUID) -> Client:
    """Put a client with all below it under another agency of the bound tenant's subtree, or under itself.

    Grants to who is no ancestor any more end. A plan stays with the agency that offers it, or else that one could go on
    changing it; its limits come along as the client's own. Raises `NotFound`, `Invalid`, `NotAnAgency`,
    `WouldBeItsOwnAncestor`, `Ending`, `TooDeep`, and `OverAllocated` when its limits are more than the new agency has
    left.
    """
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        before = await found(tx, client_id)
        parent, moved = await new_parent(tx, parent_id), await tree.node(tx.connection, client_id)
        assert moved is not None, "it was found"
        if moved.id in parent.path:
            raise WouldBeItsOwnAncestor
        if len(parent.path) + await tree.depth_below(tx.connection, moved.id) > MOST_LEVELS:
            raise TooDeep
        await tree.replant(tx.connection, moved, parent)
        await tree.leave_plan(tx.connection, moved.id)
        row = await found(tx, client_id)
        await quotas.check_allocation(tx, client_id, row.plan_id, given(view(row).limits))
        await _end_grants(tx, moved.id)
        await apply(tx, clock, moved.id)
        was, after = view(before), view(await found(tx, client_id))
        audit.record(tx, "clients.move", after.id, before=_told(was), after=_told(after), tenant_id=client_id)
    return after


def _told(client: Client) -> dict[str, object]:
    return {"parent_id": client.parent_id, "plan_id": client.plan_id, "limits": given(client.limits)}


async def new_parent(tx: Transaction, parent_id: UUID) -> TreeNode:
    """Find who may have clients: the bound tenant, or an agency below it (fleet role).

    Raises `Invalid` at `parent_id` for everybody else, whether they exist or not.
    """
    parent = await tree.node(tx.connection, parent_id)
    if parent is None or bound_tenant() not in parent.path or parent.erased_at is not None:
        raise Invalid(errors=(FieldError("parent_id", "You have no agency with this id."),))
    if parent.kind == "client":
        raise NotAnAgency
    if parent.closing_at is not None:
        raise Ending("The agency above is being closed: reopen it first, or choose another one.")
    if len(parent.path) >= MOST_LEVELS:
        raise TooDeep
    return parent


async def _end_grants(tx: Transaction, root_id: UUID) -> None:
    for cut in await tree.cut_grants(tx.connection, root_id):
        target, had = encode(PREFIX, cut.grantee_id), {"role": cut.role}
        audit.record(tx, "access-grants.delete", target, before=had, tenant_id=cut.tenant_id)
