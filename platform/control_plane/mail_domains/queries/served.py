"""Which names below proven domains point to us, and whose a report's address is."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant

_SERVED = """
select d.tenant_id, d.id, d.name as domain, found->>'host' as name, found->>'purpose' as purpose
from mail_domains d, jsonb_array_elements(d.findings) found
where d.proven_at is not null and (session_user = 'fleetpost_fleet' or d.tenant_id = app_tenant())
  and found->>'purpose' = any (d.served)
order by d.name, name"""


async def served(connection: Connection) -> list[asyncpg.Record]:
    """List the names that point to us: the bound tenant's, or as the fleet role everybody's."""
    return await connection.fetch(_SERVED)


async def proven_names(connection: Connection) -> dict[str, UUID]:
    """List the bound tenant's proven domains by name."""
    rows = await connection.fetch(
        "select name, id from mail_domains where tenant_id = $1 and proven_at is not null", bound_tenant()
    )
    return {row["name"]: row["id"] for row in rows}


async def by_report_token(connection: Connection, token: str) -> asyncpg.Record | None:
    """Find the proven domain that reports to this token's address are about (fleet role)."""
    return await connection.fetchrow(
        "select tenant_id, id, name from mail_domains where report_token = $1 and proven_at is not null", token
    )


async def tenants_holding(connection: Connection) -> list[TenantId]:
    """List the tenants that have domains (fleet role)."""
    rows = await connection.fetch("select distinct tenant_id from mail_domains")
    return [TenantId(row["tenant_id"]) for row in rows]
