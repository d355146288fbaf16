"""Read a tenant's keys."""

from uuid import UUID

from control_plane.accounts.key_schemas import ApiKey
from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import KeyRow
from control_plane.accounts.service.keys.view import view
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.pagination import Page


async def list_keys(db: Database, after: UUID | None, limit: int) -> Page[ApiKey]:
    """List the bound tenant's keys, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, after, limit + 1)
    shown = tuple([view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_key(db: Database, key_id: UUID) -> ApiKey:
    """Give a key; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await found(tx, key_id))


async def found(tx: Transaction, key_id: UUID, *, lock: bool = False) -> KeyRow:
    """Find a key's row; raises `NotFound`."""
    row = await queries.find(tx, key_id, lock=lock)
    if row is None:
        raise NotFound
    return row
