"""Make tenants and find them, as the fleet role."""

import re
import secrets
import unicodedata

import asyncpg

from control_plane.core import ids
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId
from control_plane.nodes import service as nodes
from control_plane.tenants.errors import SlugTaken
from control_plane.tenants.queries import tree
from control_plane.tenants.schemas import NewTenant, TreeLine

_NO_SLUG = re.compile("[^a-z0-9]+")
_LONGEST_STEM = 50
_SUFFIX_BYTES = 3


async def create(tx: Transaction, new: NewTenant) -> TenantId:
    """Make a tenant and place it on the nodes; raises `SlugTaken`."""
    tenant_id = TenantId(ids.new_uuid())
    try:
        async with tx.savepoint():
            await tree.insert(tx.connection, tenant_id, new)
    except asyncpg.UniqueViolationError as error:
        raise SlugTaken from error
    await nodes.place_tenant(tx, tenant_id)
    return tenant_id


async def find_by_slug(tx: Transaction, slug: str) -> TenantId | None:
    """Find a tenant by its slug."""
    found = await tree.find_by_slug(tx.connection, slug)
    return None if found is None else TenantId(found)


async def whole_tree(db: Database) -> list[TreeLine]:
    """List every tenant, each below its parent, the oldest first."""
    async with db.fleet_tx() as tx:
        rows = await tree.whole(tx.connection)
    return [TreeLine(**{**row, "id": ids.encode("ten", row["id"])}) for row in rows]


async def root_of(db: Database, slug: str) -> tuple[TenantId, TenantId]:
    """Find a tenant by its slug, with the root of its tree before it; raises `NotFound`."""
    async with db.fleet_tx() as tx:
        found = await tree.find_by_slug(tx.connection, slug)
        node = None if found is None else await tree.node(tx.connection, found)
    if node is None:
        raise NotFound(f"There is no tenant {slug}: `fleetpost tenant list` shows all of them.")
    return TenantId(node.path[0]), TenantId(node.id)


async def free_slug(tx: Transaction, name: str) -> str:
    """Make a slug of a name: `Café Zoë` → `cafe-zoe`, with something behind it if that is taken."""
    stem = slug_of(name)
    return f"{stem}-{secrets.token_hex(_SUFFIX_BYTES)}" if await tree.slug_exists(tx.connection, stem) else stem


def slug_of(name: str) -> str:
    """Write a name with letters, digits and hyphens; `account` when nothing of it is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NO_SLUG.sub("-", plain)[:_LONGEST_STEM].strip("-") or "account"
