"""Publish items to nodes, and read them back as the changes that a node has yet to make."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes import channels
from control_plane.nodes.queries import items as queries
from control_plane.nodes.schemas import ALL_ROLES, ItemChange, Role
from tenant_agent import wire

_PAGE_ROWS = 2000
_SMALL_PAGE_ROWS = 50
"""Of each node, where many are read at once."""
_TENANT = "ten"

Position = tuple[int, str, str]
"""A point in a node's log of items: generation, kind, key."""


class ChangePage(msgspec.Struct, frozen=True):
    """Changes after a point in the log."""

    generation: int
    """Where the node is once it has made them, if there is no more."""
    changes: tuple[wire.Change, ...]
    position: Position
    """Where the next page begins."""
    more: bool


async def publish(
    tx: Transaction,
    tenant_id: UUID,
    changes: Sequence[ItemChange],
    roles: Sequence[Role],
    *,
    only_node: NodeId | None = None,
) -> None:
    """Publish a tenant's items to its nodes that have one of the roles, in one generation each; wake them after commit.

    Runs as the app role for the bound tenant, or as the fleet role for any.
    """
    kinds, keys = [change.kind for change in changes], [change.key for change in changes]
    payloads = [None if change.item is None else wire.encode(change.item) for change in changes]
    touched = await queries.publish(tx.connection, tenant_id, kinds, keys, payloads, roles, only_node)
    if touched:
        tx.outbox.signal(channels.STATE, channels.naming(touched))


async def hold_still(tx: Transaction, tenant_id: UUID) -> None:
    """Wait for one's turn with a tenant's nodes, before reading what is then published to them.

    Whoever publishes more than once in a transaction, or publishes what depends on more than its own rows, begins with
    this: what it says is then the newest, and nobody waits for each other. Runs as the app role for the bound tenant,
    or as the fleet role for any.
    """
    await queries.lock(tx.connection, tenant_id)


async def hold_all_still(tx: Transaction) -> None:
    """Wait until nobody publishes, and let nobody before the transaction ends (fleet role)."""
    await queries.lock_all(tx.connection)


async def publish_own(tx: Transaction, node_id: NodeId, changes: Sequence[ItemChange]) -> None:
    """Publish items that are the node's own and no tenant's, those that differ; wake it after commit (fleet role)."""
    kinds, keys = [change.kind for change in changes], [change.key for change in changes]
    payloads = [None if change.item is None else wire.encode(change.item) for change in changes]
    if await queries.publish_own(tx.connection, node_id, kinds, keys, payloads):
        tx.outbox.signal(channels.STATE, channels.naming([node_id]))


async def withdraw_all(tx: Transaction, tenant_id: UUID) -> None:
    """Take everything of a tenant off the nodes (fleet role)."""
    live = await queries.live(tx.connection, tenant_id)
    gone = [ItemChange(kind=kind, key=key, item=None) for kind, key in live]
    if gone:
        await publish(tx, tenant_id, gone, ALL_ROLES)


async def hold(tx: Transaction, tenant_id: UUID, kind: str, keys: Sequence[str]) -> bool:
    """Say whether all nodes that are there have a tenant's items in force as they were last published (fleet role).

    One that is away is not waited for: it goes on with what it has.
    """
    return await queries.hold(tx.connection, tenant_id, kind, keys)


async def desired_generation(db: Database, node_id: NodeId) -> int:
    """Give the generation that the node should be at."""
    async with db.fleet_tx() as tx:
        return await queries.desired_generation(tx.connection, node_id)


async def next_changes(db: Database, node_id: NodeId, position: Position, *, skip_deleted_until: int = 0) -> ChangePage:
    """Read the next page of changes.

    Each page is a moment of its own: an item that changes meanwhile turns up again on a later page, so what was read
    when there is no more is the state at the last page's generation. A snapshot leaves out what was deleted up to the
    generation it began at.
    """
    async with db.fleet_tx() as tx:
        page = await queries.page(tx.connection, node_id, position, _PAGE_ROWS)
    return _read(page, position, _PAGE_ROWS, skip_deleted_until)


async def next_pages(db: Database, asked: Sequence[tuple[NodeId, Position]]) -> list[ChangePage]:
    """Read small pages of many nodes' changes at once."""
    async with db.fleet_tx() as tx:
        pages = await queries.pages(tx.connection, asked, _SMALL_PAGE_ROWS)
    return [_read(page, position, _SMALL_PAGE_ROWS) for page, (_, position) in zip(pages, asked, strict=True)]


def _read(page: queries.ItemPage, position: Position, most: int, skip_deleted_until: int = 0) -> ChangePage:
    changes = tuple(
        _change(row) for row in page.items if row.payload is not None or row.generation > skip_deleted_until
    )
    last = page.items[-1] if page.items else None
    following = position if last is None else (last.generation, last.kind, last.key)
    return ChangePage(page.generation, changes, following, more=len(page.items) == most)


def _change(row: queries.ItemRow) -> wire.Change:
    tenant_id = None if row.tenant_id is None else encode(_TENANT, row.tenant_id)
    return wire.Change(kind=row.kind, key=row.key, tenant_id=tenant_id, payload=row.payload)
