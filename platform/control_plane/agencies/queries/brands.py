"""The SQL of brands."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.agencies.schemas import Logo
from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant

_BRAND = """id, name, accent, accent_dark, support, logo_hash, coalesce(host, '') as host, host_token, host_proven_at,
  host_checked_at"""


class BrandRow(msgspec.Struct, frozen=True, kw_only=True):
    """A brand as it is stored, without its picture."""

    id: UUID
    name: str
    accent: str
    accent_dark: str
    support: str
    logo_hash: str
    host: str
    host_token: str
    host_proven_at: datetime | None
    host_checked_at: datetime | None


async def find(connection: Connection, *, lock: bool = False) -> BrandRow | None:
    """Find the bound tenant's own brand."""
    row = await connection.fetchrow(
        f"select {_BRAND} from brands where tenant_id = $1{' for update' if lock else ''}",  # noqa: S608
        bound_tenant(),
    )
    return None if row is None else BrandRow(**row)


async def ensure(connection: Connection, brand_id: UUID, token: str) -> None:
    """Make the brand of the bound agency or operator with its own name, unless it has one."""
    await connection.execute(
        """insert into brands (tenant_id, id, name, accent, accent_dark, support, host_token)
           select t.id, $2, left(t.name, 80), '', '', '', $3 from tenants t
           where t.id = $1 and t.kind in ('agency', 'operator')
           on conflict (tenant_id) do nothing""",
        bound_tenant(),
        brand_id,
        token,
    )


async def save(connection: Connection, row: BrandRow) -> None:
    """Store what was edited; a host that is another one has not been proven."""
    await connection.execute(
        """update brands set name = $2, accent = $3, accent_dark = $4, support = $5, host = nullif($6, ''),
             host_token = $7, host_proven_at = $8, host_checked_at = $9 where tenant_id = $1""",
        bound_tenant(),
        row.name,
        row.accent,
        row.accent_dark,
        row.support,
        row.host,
        row.host_token,
        row.host_proven_at,
        row.host_checked_at,
    )


async def save_logo(connection: Connection, logo: Logo | None) -> None:
    """Store a picture, or take it away."""
    content, media_type, digest = (logo.content, logo.media_type, logo.digest) if logo else (None, None, "")
    await connection.execute(
        "update brands set logo = $2, logo_type = $3, logo_hash = $4 where tenant_id = $1",
        bound_tenant(),
        content,
        media_type,
        digest,
    )


async def remove(connection: Connection) -> None:
    """Delete the bound tenant's brand."""
    await connection.execute("delete from brands where tenant_id = $1", bound_tenant())


async def worn_by(connection: Connection, tenant_id: UUID) -> asyncpg.Record | None:
    """Find the brand that a tenant wears: its own or that of the nearest tenant above."""
    return await connection.fetchrow("select * from brand_worn_by($1)", tenant_id)


async def at_host(connection: Connection, host: str) -> asyncpg.Record | None:
    """Find the brand that proved a host name."""
    return await connection.fetchrow("select * from brand_at_host($1)", host)


async def assets(connection: Connection, brand_id: UUID) -> asyncpg.Record | None:
    """Find a brand's colours and picture."""
    return await connection.fetchrow("select * from brand_assets($1)", brand_id)


async def hosts_to_check(connection: Connection, before: datetime, limit: int) -> list[asyncpg.Record]:
    """List host names that were not looked up lately, as the fleet role."""
    return await connection.fetch(
        """select tenant_id, host from brands
           where host is not null and (host_checked_at is null or host_checked_at < $1)
           order by host_checked_at nulls first limit $2""",
        before,
        limit,
    )
