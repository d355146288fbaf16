"""The SQL of invitations; the application role sees the bound tenant's, the fleet role finds one by its link."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.crypto import Credential
from control_plane.core.database import Transaction


async def insert(
    tx: Transaction,
    tenant_id: UUID,
    invitation_id: UUID,
    email: str,
    role: str,
    credential: Credential,
    invited_by: str,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Store an invitation in the place of an expired one; False when one is open."""
    stored: int | None = await tx.connection.fetchval(
        """insert into invitations as i
             (tenant_id, id, email, role, lookup, secret_hash, invited_by, created_at, sent_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
           on conflict (tenant_id, email) do update set
             id = excluded.id, role = excluded.role, lookup = excluded.lookup, secret_hash = excluded.secret_hash,
             invited_by = excluded.invited_by, created_at = excluded.created_at, sent_at = excluded.sent_at,
             expires_at = excluded.expires_at
           where i.expires_at <= excluded.created_at
           returning 1""",
        tenant_id,
        invitation_id,
        email,
        role,
        credential.lookup,
        credential.hash,
        invited_by,
        now,
        expires_at,
    )
    return stored is not None


async def open_count(tx: Transaction, tenant_id: UUID) -> int:
    """Count a tenant's invitations."""
    count: int = await tx.connection.fetchval("select count(*) from invitations where tenant_id = $1", tenant_id)
    return count


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Find the bound tenant's invitations, newest first."""
    return await tx.connection.fetch(
        """select id, email, role, invited_by, created_at, sent_at, expires_at from invitations
            where tenant_id = app_tenant() and ($1::uuid is null or id < $1) order by id desc limit $2""",
        after,
        limit,
    )


async def find(tx: Transaction, invitation_id: UUID) -> asyncpg.Record | None:
    """Find one of the bound tenant's and lock it."""
    return await tx.connection.fetchrow(
        """select id, email, role, invited_by, created_at, sent_at, expires_at
           from invitations where tenant_id = app_tenant() and id = $1 for update""",
        invitation_id,
    )


async def renew(
    tx: Transaction, invitation_id: UUID, credential: Credential, sent_at: datetime, expires_at: datetime
) -> None:
    """Give an invitation a new link; the one before is worth nothing."""
    await tx.connection.execute(
        """update invitations set lookup = $2, secret_hash = $3, sent_at = $4, expires_at = $5
           where tenant_id = app_tenant() and id = $1""",
        invitation_id,
        credential.lookup,
        credential.hash,
        sent_at,
        expires_at,
    )


async def delete(tx: Transaction, tenant_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation away."""
    await tx.connection.execute("delete from invitations where tenant_id = $1 and id = $2", tenant_id, invitation_id)


async def by_lookup(tx: Transaction, lookup: str, now: datetime) -> asyncpg.Record | None:
    """Find an open invitation by its link and lock it (fleet role)."""
    return await tx.connection.fetchrow(
        """select i.tenant_id, i.id, i.email, i.role, i.invited_by, i.secret_hash, t.name as account
           from invitations i join tenants t on t.id = i.tenant_id
           where i.lookup = $1 and i.expires_at > $2 and t.erased_at is null for update of i""",
        lookup,
        now,
    )


async def account_name(tx: Transaction, tenant_id: UUID) -> str:
    """Give a tenant's name, as either role."""
    name: str = await tx.connection.fetchval("select name from tenants where id = $1", tenant_id)
    return name


async def note_mail(tx: Transaction, tenant_id: UUID, email: str) -> asyncpg.Record:
    """Count a mail, as either role; gives how many there were in a day: to them from there, to them, from there."""
    row = await tx.connection.fetchrow("select * from note_invitation_mail($1, $2)", email, tenant_id)
    assert row is not None, "the function gives one row"
    return row
