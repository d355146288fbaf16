"""The SQL of erasing tenants (fleet role): found by introspection, so that no feature's table is forgotten."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection

KEPT = ("audit_log", "audit_heads", "node_items", "placements", "ip_pools", "platform_labels")
"""What stays: the chain of what was done, the fleet's own record, and names that nobody else may have.

`erase_rows` refuses them.
"""

_DUE = """
select t.id from tenants t
where t.closing_at <= $1 and t.emptied_at is null
  and not exists (select from tenants below
                  where below.path @> array[t.id] and below.id <> t.id and below.emptied_at is null)
order by t.closing_at limit $2"""

_TOMBSTONE = """
update tenants set erased_at = $2, name = 'Erased account', slug = 'erased-' || replace(id::text, '-', ''),
  limits = '{}', brand = '{}', suspended_reason = null, plan_id = null, own_status = 'suspended', status = 'suspended'
where id = $1 and closing_at <= $2 and erased_at is null returning id"""

_TABLES = """
select c.oid::int8 as oid, c.relname as name,
  array(select f.confrelid::int8 from pg_constraint f
        where f.contype = 'f' and f.conrelid = c.oid and f.confrelid <> c.oid) as refers_to
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1)"""


class OwnedTable(msgspec.Struct, frozen=True):
    """A table or partition with rows of tenants, and what its rows refer to."""

    oid: int
    name: str
    refers_to: list[int]


async def due(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """List tenants whose time is over and below whom nobody is left."""
    return [row["id"] for row in await connection.fetch(_DUE, now, limit)]


async def make_tombstone(connection: Connection, tenant_id: UUID, now: datetime) -> bool:
    """Leave of a tenant a row without a name; no if it is one already, or is not to be erased any more."""
    return await connection.fetchval(_TOMBSTONE, tenant_id, now) is not None


async def end_grants(connection: Connection, tenant_id: UUID) -> None:
    """End all grants that a tenant gave or had."""
    await connection.execute("delete from tenant_grants where tenant_id = $1 or grantee_id = $1", tenant_id)


async def owned_tables(connection: Connection) -> list[OwnedTable]:
    """List every table and partition that has rows of tenants."""
    return [OwnedTable(*row.values()) for row in await connection.fetch(_TABLES, KEPT)]


async def erase_rows(connection: Connection, table: str, tenant_id: UUID, limit: int) -> int:
    """Erase some rows of an erased tenant; gives how many."""
    erased: int = await connection.fetchval("select erase_rows($1, $2, $3)", table, tenant_id, limit)
    return erased


async def mark_emptied(connection: Connection, tenant_id: UUID, now: datetime) -> None:
    """Note that nothing of a tenant is left but its tombstone and what is kept."""
    await connection.execute(
        "update tenants set emptied_at = $2 where id = $1 and erased_at is not null", tenant_id, now
    )
