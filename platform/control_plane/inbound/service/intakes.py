"""Telling nodes which domains' mail is to be handed up: item `intake`, published as the operator's own."""

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId
from control_plane.inbound import queries
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role
from control_plane.settings import Settings
from tenant_agent import wire

KIND = "intake"
_ROLES: tuple[Role, ...] = ("mx", "mailbox")


async def publish_intakes(db: Database, settings: Settings) -> None:
    """Bring nodes that lack the reports' domain to it, and take away what it was before; does little if all is well."""
    async with db.fleet_tx() as tx:
        operator = await queries.operator(tx)
        if operator is not None:
            await _withdraw_others(tx, operator, settings.reports_domain)
            if settings.reports_domain:
                await _publish_where_missing(tx, operator, settings.reports_domain)


async def _publish_where_missing(tx: Transaction, operator: TenantId, domain: str) -> None:
    wanted = [ItemChange(kind=KIND, key=domain, item=wire.IntakeItem(domain=domain))]
    for node_id in await queries.nodes_without(tx, operator, domain):
        await nodes.publish(tx, operator, wanted, _ROLES, only_node=node_id)


async def _withdraw_others(tx: Transaction, operator: TenantId, domain: str) -> None:
    gone = [ItemChange(kind=KIND, key=key, item=None) for key in await queries.other_intakes(tx, operator, domain)]
    if gone:
        await nodes.publish(tx, operator, gone, _ROLES)
