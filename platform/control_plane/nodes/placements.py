"""Send a node all items of a tenant that it was told about only now; safe to repeat, and a sweep repeats it.

The nodes' rows are locked before anything is read: what changes meanwhile is published after this, in a later
generation. Most tenants have nothing to send, and are found to be so all at once.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

from control_plane.accounts.service.keys import smtp
from control_plane.certificates import service as certificates
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service as inbound_routes
from control_plane.mail_domains import service as mail_domains
from control_plane.mailboxes import service as mailboxes
from control_plane.nodes import service
from control_plane.relays import service as relays


class Source(NamedTuple):
    """Where items of tenants come from."""

    holders: Callable[[Transaction], Awaitable[Collection[TenantId]]]
    """Lists the tenants that have any (fleet role)."""
    publish_all: Callable[[Transaction, Vault, NodeId], Awaitable[None]]
    """Puts all of the bound tenant's in force on a node."""


async def _mailboxes(tx: Transaction, _: Vault, node_id: NodeId) -> None:
    await mailboxes.publish_all(tx, only_node=node_id)


async def _domains(tx: Transaction, vault: Vault, node_id: NodeId) -> None:
    await mail_domains.publish_all(tx, vault, only_node=node_id)


async def _certificates(tx: Transaction, vault: Vault, node_id: NodeId) -> None:
    await certificates.publish_all(tx, vault, only_node=node_id)


async def _inbound_routes(tx: Transaction, _: Vault, node_id: NodeId) -> None:
    await inbound_routes.publish(tx, only_node=node_id)


async def _relays(tx: Transaction, vault: Vault, node_id: NodeId) -> None:
    await relays.publish_all(tx, vault, only_node=node_id)


async def _smtp_keys(tx: Transaction, _: Vault, node_id: NodeId) -> None:
    await smtp.publish_all(tx, only_node=node_id)


SOURCES = (
    Source(mail_domains.tenants_holding, _domains),
    Source(mail_domains.tenants_holding, _mailboxes),  # no mailbox without a domain
    Source(certificates.tenants_holding, _certificates),
    Source(relays.tenants_holding, _relays),
    Source(inbound_routes.tenants_holding, _inbound_routes),
    Source(smtp.tenants_holding, _smtp_keys),
)
"""In the order in which a node is told."""


async def fill(db: Database, vault: Vault, clock: Clock, node_id: NodeId | None = None) -> int:
    """Fill what is not filled yet, of one node or of all; gives how many placements had something to send."""
    await _pass_over_the_empty(db, clock, node_id)
    filled = 0
    while placements := await service.unfilled_placements(db, node_id):
        for tenant_id, unfilled_node in placements:
            await _fill_one(db, vault, tenant_id, unfilled_node)
            await service.mark_filled(db, tenant_id, unfilled_node, clock)
        filled += len(placements)
    return filled


async def _pass_over_the_empty(db: Database, clock: Clock, node_id: NodeId | None) -> None:
    async with db.fleet_tx() as tx:
        await service.hold_all_still(tx)
        holders = {tenant_id for source in SOURCES for tenant_id in await source.holders(tx)}
        await service.mark_empty_filled(tx, holders, node_id, clock)


async def _fill_one(db: Database, vault: Vault, tenant_id: TenantId, node_id: NodeId) -> None:
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await service.hold_still(tx, tenant_id)
            for source in SOURCES:
                await source.publish_all(tx, vault, node_id)
