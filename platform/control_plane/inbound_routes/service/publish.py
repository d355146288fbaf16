"""Telling nodes which mail to take: items `inbound`, all of a tenant's together."""

from collections.abc import Collection

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.inbound_routes.items import items_of
from control_plane.inbound_routes.queries import domains, routes
from control_plane.inbound_routes.service.view import rule_of
from control_plane.mail_domains import service as mail_domains
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role

_KIND = "inbound"
_ROLES: tuple[Role, ...] = ("mx",)
_AT_ONCE = 100


async def publish(tx: Transaction, *, only_node: NodeId | None = None) -> None:
    """Put what the bound tenant's routes want in force, on its nodes or on one of them, and take back what was."""
    await nodes.hold_still(tx, bound_tenant())
    rules = [rule_of(row) for row in await routes.everyone(tx.connection)]
    wanted = items_of(rules, await mail_domains.proven_names(tx))
    gone = set(await domains.told(tx.connection)) - wanted.keys()
    changes = [ItemChange(kind=_KIND, key=name, item=wanted.get(name)) for name in (*wanted, *sorted(gone))]
    if changes:
        await nodes.publish(tx, bound_tenant(), changes, _ROLES, only_node=only_node)
    if only_node is None:
        await domains.note(tx.connection, list(wanted), [item.hosted for item in wanted.values()])


async def publish_outdated(db: Database) -> None:
    """Publish anew for tenants that have proven or lost a domain since."""
    async with db.fleet_tx() as tx:
        outdated = await domains.outdated(tx.connection, _AT_ONCE)
    for tenant_id in outdated:
        with acting_for(tenant_id):
            async with db.tenant_tx() as tx:
                await publish(tx)


async def tenants_holding(tx: Transaction) -> Collection[TenantId]:
    """List the tenants that have routes for which nodes take mail (fleet role)."""
    return await domains.tenants_holding(tx.connection)
