"""The SQL of tenants' sign-in providers and of whom they vouch for."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def provider(tx: Transaction) -> asyncpg.Record | None:
    """Find the bound tenant's provider."""
    return await tx.connection.fetchrow(
        """select id, issuer, client_id, client_secret, email_domains, enforced, default_role, created_at
           from identity_providers where tenant_id = app_tenant()"""
    )


async def proven_domains(tx: Transaction) -> set[str]:
    """Find the mail domains that the bound tenant has proven."""
    rows = await tx.connection.fetch(
        "select name from mail_domains where tenant_id = app_tenant() and proven_at is not null"
    )
    return {row["name"] for row in rows}


async def provider_for_domain(tx: Transaction, domain: str) -> asyncpg.Record | None:
    """Find whose provider people of a domain sign in by, before anybody is known."""
    return await tx.connection.fetchrow(
        "select tenant_id, provider_id, enforced from find_identity_provider($1)", domain
    )


async def save_provider(
    tx: Transaction,
    provider_id: UUID,
    issuer: str,
    client_id: str,
    client_secret: bytes,
    email_domains: list[str],
    default_role: str,
    *,
    enforced: bool,
) -> None:
    """Store the bound tenant's provider, or change it."""
    await tx.connection.execute(
        """insert into identity_providers
             (tenant_id, id, issuer, client_id, client_secret, email_domains, default_role, enforced)
           values (app_tenant(), $1, $2, $3, $4, $5, $6, $7)
           on conflict (tenant_id) do update set issuer = excluded.issuer, client_id = excluded.client_id,
             client_secret = excluded.client_secret, email_domains = excluded.email_domains,
             default_role = excluded.default_role, enforced = excluded.enforced""",
        provider_id,
        issuer,
        client_id,
        client_secret,
        email_domains,
        default_role,
        enforced,
    )


async def delete_provider(tx: Transaction) -> str | None:
    """Remove the bound tenant's provider and all its identities; gives the issuer, None when there was none."""
    issuer: str | None = await tx.connection.fetchval(
        "delete from identity_providers where tenant_id = app_tenant() returning issuer"
    )
    return issuer


async def forget_identities(tx: Transaction) -> None:
    """Forget whom the bound tenant's provider vouched for: another provider means others by the same names."""
    await tx.connection.execute("delete from provider_identities where tenant_id = app_tenant()")


async def identity(tx: Transaction, tenant_id: UUID, provider_id: UUID, subject: str) -> asyncpg.Record | None:
    """Find who a provider means, and whether they still belong to the tenant; as the fleet role."""
    return await tx.connection.fetchrow(
        """select u.id, u.email, u.name, m.role from provider_identities i join users u on u.id = i.user_id
           left join memberships m on m.user_id = u.id and m.tenant_id = i.tenant_id
           where i.tenant_id = $1 and i.provider_id = $2 and i.subject = $3""",
        tenant_id,
        provider_id,
        subject,
    )


async def vouches_for(tx: Transaction, provider_id: UUID, domain: str) -> bool:
    """Say whether a domain is the provider's and proven by its tenant; as the fleet role."""
    found: bool = await tx.connection.fetchval(
        "select exists (select from proven_provider_domains where provider_id = $1 and domain = $2)",
        provider_id,
        domain,
    )
    return found


async def vouches(tx: Transaction, provider_id: UUID) -> bool:
    """Say whether any of the provider's domains is still proven by its tenant; as the fleet role."""
    found: bool = await tx.connection.fetchval(
        "select exists (select from proven_provider_domains where provider_id = $1)", provider_id
    )
    return found


async def insert_identity(tx: Transaction, tenant_id: UUID, provider_id: UUID, subject: str, user_id: UUID) -> None:
    """Remember who a provider means; as the fleet role."""
    await tx.connection.execute(
        """insert into provider_identities (tenant_id, provider_id, subject, user_id) values ($1, $2, $3, $4)
           on conflict do nothing""",
        tenant_id,
        provider_id,
        subject,
        user_id,
    )


async def touch_identity(tx: Transaction, tenant_id: UUID, provider_id: UUID, subject: str, at: datetime) -> None:
    """Note that somebody came by a provider; as the fleet role."""
    await tx.connection.execute(
        """update provider_identities set last_used_at = $4
           where tenant_id = $1 and provider_id = $2 and subject = $3""",
        tenant_id,
        provider_id,
        subject,
        at,
    )


async def ensure_user(tx: Transaction, user_id: UUID, email: str, name: str, at: datetime) -> asyncpg.Record:
    """Find the user of an address, or make one without a password; as the fleet role."""
    row = await tx.connection.fetchrow(
        """insert into users (id, email, name, email_verified_at) values ($1, $2, $3, $4)
           on conflict (email) do update set email_verified_at = coalesce(users.email_verified_at, $4)
           returning id, email, name""",
        user_id,
        email,
        name,
        at,
    )
    assert row is not None, "an insert or update returns its row"
    return row


async def ensure_membership(tx: Transaction, tenant_id: UUID, user_id: UUID, role: str) -> bool:
    """Give a place in a tenant unless there is one; as the fleet role. True when it is new."""
    made: int | None = await tx.connection.fetchval(
        """insert into memberships (tenant_id, user_id, role) values ($1, $2, $3)
           on conflict do nothing returning 1""",
        tenant_id,
        user_id,
        role,
    )
    return made is not None
