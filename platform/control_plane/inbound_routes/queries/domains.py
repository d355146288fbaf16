"""What nodes were told of domains with routes, and whose domains they are."""

from collections.abc import Collection, Sequence
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant


async def told(connection: Connection) -> list[str]:
    """List the names that nodes know of the bound tenant, whether or not it still has routes for them."""
    rows = await connection.fetch("select name from inbound_items where tenant_id = $1", bound_tenant())
    return [row["name"] for row in rows]


async def note(connection: Connection, names: Sequence[str], hosted: Sequence[bool]) -> None:
    """Note what nodes were told of the bound tenant, instead of what was noted before."""
    await connection.execute("delete from inbound_items where tenant_id = $1", bound_tenant())
    await connection.execute(
        "insert into inbound_items (tenant_id, name, hosted) select $1, * from unnest($2::text[], $3::bool[])",
        bound_tenant(),
        names,
        hosted,
    )


async def owners(connection: Connection, names: Collection[str]) -> dict[str, TenantId]:
    """Say whose the proven domains among these names are (fleet role)."""
    rows = await connection.fetch(
        """select tenant_id, name from mail_domains
           where name = any ($1) and proven_at is not null and session_user = 'fleetpost_fleet'""",
        list(names),
    )
    return {row["name"]: TenantId(row["tenant_id"]) for row in rows}


async def outdated(connection: Connection, most: int) -> list[UUID]:
    """List tenants of whose routes the nodes were told something else than is so now (fleet role)."""
    rows = await connection.fetch(
        """with wanted as (
             select distinct r.tenant_id, r.domain, exists (
                 select from mail_domains d where d.tenant_id = r.tenant_id and d.name = r.domain
                   and d.proven_at is not null) as hosted
             from inbound_routes r
             where r.enabled and r.domain is not null and exists (
               select from mail_domains d where d.tenant_id = r.tenant_id and d.proven_at is not null
                 and (d.name = r.domain or right(r.domain, length(d.name) + 1) = '.' || d.name)))
           select distinct tenant_id
           from wanted w full join (select tenant_id, name as domain, hosted from inbound_items where name !~ '@') t
             using (tenant_id, domain)
           where session_user = 'fleetpost_fleet' and (w.hosted is distinct from t.hosted) limit $1""",
        most,
    )
    return [row["tenant_id"] for row in rows]


async def tenants_holding(connection: Connection) -> list[TenantId]:
    """List the tenants that have routes (fleet role)."""
    rows = await connection.fetch(
        "select distinct tenant_id from inbound_routes where session_user = 'fleetpost_fleet' and domain is not null"
    )
    return [TenantId(row["tenant_id"]) for row in rows]
