"""Put relays in force on the nodes that send: a tenant's with its items, the operator's as the nodes' own."""

from collections.abc import Sequence

from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, TenantId, encode
from control_plane.core.tenancy import bound_tenant
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role
from control_plane.relays.queries import fleet
from control_plane.relays.queries import relays as queries
from control_plane.relays.queries.relays import RelayRow
from control_plane.relays.service.view import PREFIX
from tenant_agent import wire

PASSWORD_PURPOSE = "relays.password"  # noqa: S105 (a column)
PUBLISH_JOB = "relays.publish"

_ROLES: tuple[Role, ...] = ("outbound",)


async def put_in_force(tx: Transaction, vault: Vault, rows: Sequence[RelayRow]) -> None:
    """Publish relays of the bound tenant as they are now; a paused one is taken off the nodes."""
    if any(row.for_all for row in rows):
        tx.outbox.trigger(PUBLISH_JOB)
    own = [row for row in rows if not row.for_all]
    if own:
        await nodes.publish(tx, bound_tenant(), [_change(vault, row, bound_tenant()) for row in own], _ROLES)


async def withdraw(tx: Transaction, row: RelayRow) -> None:
    """Take a relay off the nodes."""
    if row.for_all:
        tx.outbox.trigger(PUBLISH_JOB)
    else:
        gone = ItemChange(kind="relay", key=encode(PREFIX, row.id), item=None)
        await nodes.publish(tx, bound_tenant(), [gone], _ROLES)


async def publish_all(tx: Transaction, vault: Vault, *, only_node: NodeId | None = None) -> None:
    """Put all relays of the bound tenant in force, on its nodes or on one of them."""
    own = [row for row in await queries.all_rows(tx.connection) if not row.for_all]
    changes = [_change(vault, row, bound_tenant()) for row in own]
    if changes:
        await nodes.publish(tx, bound_tenant(), changes, _ROLES, only_node=only_node)


async def tenants_holding(tx: Transaction) -> list[TenantId]:
    """List the tenants that have relays (fleet role)."""
    return await fleet.tenants_holding(tx.connection)


async def publish_for_all(db: Database, vault: Vault) -> None:
    """Bring every sending node in line with the relays for everybody's mail; writes only what differs."""
    async with db.fleet_tx() as tx:
        node_ids = await fleet.sending_nodes(tx.connection)
    for node_id in node_ids:
        async with db.fleet_tx() as tx:
            rows = await fleet.for_all(tx.connection)
            wanted = [_change(vault, row, None) for row in rows]
            gone = set(await fleet.published_on(tx.connection, node_id)) - {change.key for change in wanted}
            changes = [*wanted, *(ItemChange(kind="relay", key=key, item=None) for key in sorted(gone))]
            if changes:
                await nodes.publish_own(tx, node_id, changes)


def _change(vault: Vault, row: RelayRow, tenant_id: TenantId | None) -> ItemChange:
    item = _item(vault, row, tenant_id) if row.status == "active" else None
    return ItemChange(kind="relay", key=encode(PREFIX, row.id), item=item)


def _item(vault: Vault, row: RelayRow, tenant_id: TenantId | None) -> wire.RelayItem:
    return wire.RelayItem(
        relay_id=encode(PREFIX, row.id),
        tenant_id=None if tenant_id is None else encode("ten", tenant_id),
        kind=row.kind,
        host=row.host,
        port=row.port,
        tls=row.tls,
        username=row.username,
        password=vault.decrypt(row.password, purpose=PASSWORD_PURPOSE).decode(),
        mode=row.mode,
        weight=row.weight,
        domains=row.domains,
        streams=row.streams,
        destinations=row.destinations,
        always_for=row.always_for,
        probe=row.probe,
    )
