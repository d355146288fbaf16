"""The SQL of the tree's shape and of the states that follow from it, locked before either changes (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.tenants.schemas import Kind, NewTenant, Status, StatusChange

_INSERT = """
insert into tenants (id, parent_id, kind, name, slug, plan_id, limits, starting_day)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)"""

_NODE = """
select id, parent_id, path, kind, name, status, own_status, suspended_reason, closing_at, erased_at
from tenants where id = $1"""

_RECOMPUTE = """
with should as (
  select t.id, t.status as before,
    case when bool_or(above.own_status = 'suspended' or above.closing_at is not null
                      or above.id = t.id and above.enforced_status = 'suspended') then 'suspended'
         when bool_or(above.own_status = 'throttled' or above.id = t.id and above.enforced_status = 'throttled')
         then 'throttled' else 'active' end as status
  from tenants t cross join lateral unnest(t.path) as way (id) join tenants above on above.id = way.id
  where t.path @> array[$1::uuid] and t.erased_at is null group by t.id
)
update tenants t set status = should.status, status_changed_at = $2, settled_status = 'neither'
from should where t.id = should.id and t.status <> should.status
returning t.id, should.before, t.status"""

_REPLANT = """
update tenants set path = $2::uuid[] || path[$3:], parent_id = case when id = $1 then $4 else parent_id end
where path @> array[$1::uuid]"""

_LEAVE_PLAN = """
update tenants t set plan_id = null, limits = jsonb_strip_nulls(p.limits) || t.limits
from plans p where t.id = $1 and p.id = t.plan_id and p.tenant_id <> t.parent_id"""

_CUT_GRANTS = """
delete from tenant_grants g using tenants t
where t.id = g.tenant_id and t.path @> array[$1::uuid] and g.grantee_id <> all (t.path)
returning g.tenant_id, g.grantee_id, g.role"""

_EVENTS = """
insert into events (tenant_id, id, type, at, data)
select e.tenant_id, e.id, e.type, $4, e.data::jsonb
from unnest($1::uuid[], $2::uuid[], $3::text[], $5::text[]) as e (tenant_id, id, type, data)"""


class TreeNode(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant with its place and its states."""

    id: UUID
    parent_id: UUID | None
    path: list[UUID]
    kind: Kind
    name: str
    status: Status
    own_status: Status
    suspended_reason: str | None
    closing_at: datetime | None
    erased_at: datetime | None


class CutGrant(msgspec.Struct, frozen=True):
    """A grant that no longer came from an ancestor."""

    tenant_id: UUID
    grantee_id: UUID
    role: str


async def lock(connection: Connection) -> None:
    """Have the tree alone until the transaction ends. Take it before reading anything of it."""
    await connection.execute("select lock_tree()")


async def share(connection: Connection) -> None:
    """Keep the tree as it is until the transaction ends, while others may add to it too."""
    await connection.execute("select pg_advisory_xact_lock_shared(hashtextextended('fleetpost tree', 0))")


async def insert(connection: Connection, tenant_id: UUID, new: NewTenant) -> None:
    """Store a new tenant; the database gives it its path and its state in force."""
    limits = msgspec.json.encode(new.limits).decode()
    given = new.parent_id, new.kind, new.name, new.slug, new.plan_id, limits, new.starting_day
    await connection.execute(_INSERT, tenant_id, *given)


async def node(connection: Connection, tenant_id: UUID) -> TreeNode | None:
    """Find a tenant anywhere in the tree."""
    row = await connection.fetchrow(_NODE, tenant_id)
    return None if row is None else TreeNode(**row)


async def slug_exists(connection: Connection, slug: str) -> bool:
    """Say whether a tenant has this slug."""
    return bool(await connection.fetchval("select exists (select from tenants where slug = $1)", slug))


async def find_by_slug(connection: Connection, slug: str) -> UUID | None:
    """Find a tenant that was not erased."""
    found: UUID | None = await connection.fetchval("select id from tenants where slug = $1 and erased_at is null", slug)
    return found


async def whole(connection: Connection) -> list[asyncpg.Record]:
    """List every tenant that was not erased, each below its parent."""
    return await connection.fetch(
        """select id, slug, name, kind, status, cardinality(path) as depth
           from tenants where erased_at is null order by path"""
    )


async def set_own_status(connection: Connection, tenant_id: UUID, status: Status, reason: str | None) -> None:
    """Store what was decided for one tenant; `recompute` says what follows."""
    await connection.execute(
        "update tenants set own_status = $2, suspended_reason = $3 where id = $1", tenant_id, status, reason
    )


async def set_closing(connection: Connection, tenant_id: UUID, closing_at: datetime | None) -> None:
    """Store when a tenant's data is to be erased, or that it is not."""
    await connection.execute("update tenants set closing_at = $2 where id = $1", tenant_id, closing_at)


async def has_clients(connection: Connection, tenant_id: UUID) -> bool:
    """Say whether somebody stands below a tenant who is not closing as well."""
    return bool(
        await connection.fetchval(
            """select exists (select from tenants where path @> array[$1::uuid] and id <> $1
                              and closing_at is null and erased_at is null)""",
            tenant_id,
        )
    )


async def recompute(connection: Connection, root_id: UUID, now: datetime) -> list[StatusChange]:
    """Bring the states in force of a branch up to date in one statement; gives those that changed."""
    return [StatusChange(*row.values()) for row in await connection.fetch(_RECOMPUTE, root_id, now)]


async def replant(connection: Connection, moved: TreeNode, parent: TreeNode) -> None:
    """Put a branch below another tenant."""
    await connection.execute(_REPLANT, moved.id, parent.path, len(moved.path), parent.id)


async def leave_plan(connection: Connection, tenant_id: UUID) -> None:
    """Take a tenant off a plan that the tenant right above does not offer; what it allowed becomes the tenant's own."""
    await connection.execute(_LEAVE_PLAN, tenant_id)


async def cut_grants(connection: Connection, root_id: UUID) -> list[CutGrant]:
    """Take away the grants in a branch that went to who is no ancestor."""
    return [CutGrant(*row.values()) for row in await connection.fetch(_CUT_GRANTS, root_id)]


async def depth_below(connection: Connection, root_id: UUID) -> int:
    """Give how many levels a branch has, itself included."""
    levels: int = await connection.fetchval(
        """select max(cardinality(t.path)) - max(cardinality(root.path)) + 1 from tenants t, tenants root
           where root.id = $1 and t.path @> array[$1::uuid]""",
        root_id,
    )
    return levels


async def insert_events(
    connection: Connection,
    tenant_ids: Sequence[UUID],
    event_ids: Sequence[UUID],
    types: Sequence[str],
    now: datetime,
    data: Sequence[str],
) -> None:
    """Store what happened to tenants."""
    await connection.execute(_EVENTS, tenant_ids, event_ids, types, now, data)
