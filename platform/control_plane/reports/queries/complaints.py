"""Complaints; what finds out whose they are works as the fleet role."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant


async def insert(
    connection: Connection,
    complaint_id: UUID,
    domain_id: UUID,
    kind: str,
    reporter: str,
    recipient: str,
    message_id: UUID | None,
    delivery_id: UUID | None,
    fingerprint: bytes,
) -> bool:
    """Store a complaint unless it is there; says whether it was new."""
    found = await connection.fetchval(
        """insert into complaints (tenant_id, id, domain_id, kind, reporter, recipient, message_id, delivery_id,
             fingerprint)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id""",
        bound_tenant(),
        complaint_id,
        domain_id,
        kind,
        reporter,
        recipient,
        message_id,
        delivery_id,
        fingerprint,
    )
    return found is not None


async def count_since(connection: Connection, domain_id: UUID, since_id: UUID) -> int:
    """Count the complaints about a domain's mail that arrived since."""
    found: int = await connection.fetchval(
        "select count(*) from complaints where tenant_id = $1 and domain_id = $2 and id >= $3",
        bound_tenant(),
        domain_id,
        since_id,
    )
    return found


async def page(
    connection: Connection, domain: str | None, since_id: UUID, before_id: UUID, limit: int
) -> list[asyncpg.Record]:
    """List complaints that arrived in between, newest first."""
    return await connection.fetch(
        """select c.id, c.domain_id, d.name as domain, c.kind, c.reporter, c.recipient, c.message_id, c.delivery_id
           from complaints c join mail_domains d on d.tenant_id = c.tenant_id and d.id = c.domain_id
           where c.tenant_id = $1 and c.id >= $2 and c.id < $3 and ($4::text is null or d.name = $4)
           order by c.id desc limit $5""",
        bound_tenant(),
        since_id,
        before_id,
        domain,
        limit,
    )


async def totals(connection: Connection, since_id: UUID) -> list[asyncpg.Record]:
    """Count each domain's complaints."""
    return await connection.fetch(
        "select domain_id, count(*) as complaints from complaints where tenant_id = $1 and id >= $2 group by domain_id",
        bound_tenant(),
        since_id,
    )


async def owner_of(connection: Connection, domain: str) -> tuple[TenantId, UUID] | None:
    """Find whose proven domain a name is (fleet role)."""
    row = await connection.fetchrow(
        """select tenant_id, id from mail_domains
           where name = $1 and proven_at is not null and session_user = 'fleetpost_fleet'""",
        domain,
    )
    return None if row is None else (TenantId(row["tenant_id"]), row["id"])
