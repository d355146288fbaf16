"""The SQL of domains' web names."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.domain_sites.policy import DEFAULT_MAX_AGE_SECONDS, Mode


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen for a domain's policy."""

    mode: Mode = "testing"
    max_age_seconds: int = DEFAULT_MAX_AGE_SECONDS
    changed_at: datetime | None = None


class DomainRow(msgspec.Struct, frozen=True, kw_only=True):
    """A domain, with what was chosen for it."""

    id: UUID
    name: str
    proven_at: datetime | None
    choice: Choice


class SiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A proven domain as a stranger may know it."""

    tenant_id: TenantId
    domain_id: UUID
    choice: Choice


async def find(connection: Connection, domain_id: UUID, *, lock: bool = False) -> DomainRow | None:
    """Find a domain of the bound tenant; locked, nobody else changes it until this transaction ends."""
    row = await connection.fetchrow(
        f"""select id, name, proven_at from mail_domains
            where tenant_id = $1 and id = $2{" for no key update" if lock else ""}""",  # noqa: S608
        bound_tenant(),
        domain_id,
    )
    if row is None:
        return None
    chosen = await choices(connection, [domain_id])
    return DomainRow(**row, choice=chosen.get(domain_id, Choice()))


async def choices(connection: Connection, domain_ids: Collection[UUID]) -> dict[UUID, Choice]:
    """Give what the bound tenant chose for some of its domains; those with the defaults may be missing."""
    rows = await connection.fetch(
        """select domain_id, mta_sts_mode, mta_sts_max_age_seconds, mta_sts_changed_at from domain_site_settings
           where tenant_id = $1 and domain_id = any ($2)""",
        bound_tenant(),
        list(domain_ids),
    )
    return {
        row["domain_id"]: Choice(
            mode=row["mta_sts_mode"],
            max_age_seconds=row["mta_sts_max_age_seconds"],
            changed_at=row["mta_sts_changed_at"],
        )
        for row in rows
    }


async def save(connection: Connection, domain_id: UUID, choice: Choice) -> None:
    """Store what was chosen."""
    await connection.execute(
        """insert into domain_site_settings
             (tenant_id, domain_id, mta_sts_mode, mta_sts_max_age_seconds, mta_sts_changed_at)
           values ($1, $2, $3, $4, $5)
           on conflict (tenant_id, domain_id) do update set
             mta_sts_mode = excluded.mta_sts_mode, mta_sts_max_age_seconds = excluded.mta_sts_max_age_seconds,
             mta_sts_changed_at = excluded.mta_sts_changed_at""",
        bound_tenant(),
        domain_id,
        choice.mode,
        choice.max_age_seconds,
        choice.changed_at,
    )


async def find_site(connection: Connection, asked: str) -> SiteRow | None:
    """Find a proven domain, whosever it is: for those who ask without an account."""
    row = await connection.fetchrow("select * from domain_site($1)", asked)
    if row is None:
        return None
    choice = Choice(mode=row["mta_sts_mode"], max_age_seconds=row["mta_sts_max_age_seconds"])
    return SiteRow(tenant_id=TenantId(row["tenant_id"]), domain_id=row["domain_id"], choice=choice)


async def is_served(connection: Connection, domain_id: UUID, purpose: str) -> bool:
    """Say whether a name below the bound tenant's domain points to us, as the last check saw it."""
    found: bool = await connection.fetchval(
        "select exists (select from mail_domains where tenant_id = $1 and id = $2 and $3 = any (served))",
        bound_tenant(),
        domain_id,
        purpose,
    )
    return found


async def has_own_mail_host(connection: Connection, domain_id: UUID, host: str, now: datetime) -> bool:
    """Say whether a host below the bound tenant's domain leads to the nodes, and they have a certificate for it.

    A wildcard is none: the nodes serve single names.
    """
    found: bool = await connection.fetchval(
        """select exists (select from mail_domains
                          where tenant_id = $1 and id = $2 and 'mail_host' = any (served))
              and exists (select from certificates
                          where tenant_id = $1 and $3 = any (names) and 'node' = any (places)
                            and chain is not null and status in ('issued', 'failed', 'pending') and not_after > $4)""",
        bound_tenant(),
        domain_id,
        host,
        now,
    )
    return found
