"""What is asked about the tenants below one, as the app role of that tenant; or about all, as the fleet role."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.agencies.schemas import DomainCounts, Facts
from control_plane.core.database import Connection

_FACTS = """
select t.id, coalesce(p.name, '') as parent_name, t.name, t.kind, t.status, t.own_status, t.suspended_reason,
  t.closing_at, t.created_at, g.tenant_id is not null as may_act
from tenants t
left join tenants p on p.id = t.parent_id
left join tenant_grants g on g.tenant_id = t.id and g.grantee_id = $1
where t.erased_at is null and t.id is distinct from $1 and t.kind <> 'operator'
  and ($1::uuid is null or t.path @> array[$1::uuid]) and (not $2 or t.parent_id is not distinct from $1)
  and ($3 = '' or strpos(lower(t.name), lower($3)) > 0 or t.slug = lower($3)) and ($5::uuid is null or t.id = $5)
order by t.name, t.id limit $4"""


async def facts(
    connection: Connection, root: UUID | None, *, direct: bool, query: str, limit: int, only: UUID | None = None
) -> list[Facts]:
    """List tenants: below `root`, or all; `direct`: only its own; `query`: a part of the name, or the slug."""
    rows = await connection.fetch(_FACTS, root, direct, query, limit, only)
    return [Facts(**row) for row in rows]


async def domains(connection: Connection) -> dict[UUID, DomainCounts]:
    """Count the domains of each tenant below the bound one; as the fleet role, of all."""
    rows: list[asyncpg.Record] = await connection.fetch("select * from domains_below()")
    return {row[0]: msgspec.convert(dict(list(row.items())[1:]), DomainCounts) for row in rows}


async def limits(connection: Connection, moment: datetime) -> dict[UUID, float]:
    """Give how much of its fullest limit each tenant below the bound one has used; as the fleet role, of all."""
    return {row[0]: row[1] for row in await connection.fetch("select * from limits_below($1)", moment)}


async def plans(connection: Connection) -> list[asyncpg.Record]:
    """List the plans that the bound tenant offers."""
    return await connection.fetch(
        "select id, name from plans where tenant_id = app_tenant() and retired_at is null order by name, id"
    )


async def agencies(connection: Connection) -> list[asyncpg.Record]:
    """List the agencies below the bound tenant."""
    return await connection.fetch(
        """select id, name from tenants where kind = 'agency' and erased_at is null and path @> array[app_tenant()]
           and id <> app_tenant() order by name, id limit 1000"""
    )
