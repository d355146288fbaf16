"""The domains themselves; as the app role for the bound tenant."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.schemas import DnsRecord, DomainStatus
from control_plane.mail_domains.tables import MailDomain

_DOMAIN = (
    MailDomain.id,
    MailDomain.name,
    MailDomain.status,
    MailDomain.ownership_token,
    MailDomain.proven_at,
    MailDomain.checked_at,
    MailDomain.next_check_at,
    MailDomain.checks_failed,
    MailDomain.findings,
    MailDomain.created_at,
)


class DomainRow(msgspec.Struct, frozen=True, kw_only=True):
    """A domain as it is stored."""

    id: UUID
    name: str
    status: DomainStatus
    ownership_token: str
    proven_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    checks_failed: int
    findings: str
    created_at: datetime


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check leaves behind."""

    status: DomainStatus
    proven_at: datetime | None
    checked_at: datetime
    next_check_at: datetime | None
    checks_failed: int
    findings: list[DnsRecord]


async def insert_domain(domain_id: UUID, name: str, token: str, now: datetime, next_check_at: datetime) -> None:
    """Store a new domain."""
    await MailDomain.insert(
        MailDomain(
            id=domain_id,
            tenant_id=bound_tenant(),
            name=name,
            status="pending",
            ownership_token=token,
            next_check_at=next_check_at,
            checks_failed=0,
            findings="[]",
            created_at=now,
        )
    )


async def find(domain_id: UUID, *, lock: bool = False) -> DomainRow | None:
    """Find a domain by its id; locked, nobody else proves or deletes it until this transaction ends."""
    query = MailDomain.select(*_DOMAIN).where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)
    row = await (query.lock_rows("NO KEY UPDATE") if lock else query).first()
    return None if row is None else DomainRow(**row)


async def page(after: UUID | None, limit: int) -> list[DomainRow]:
    """List domains, newest first."""
    query = MailDomain.select(*_DOMAIN).where(MailDomain.tenant_id == bound_tenant())
    if after is not None:
        query = query.where(MailDomain.id < after)
    return [DomainRow(**row) for row in await query.order_by(MailDomain.id, ascending=False).limit(limit)]


async def proven() -> list[DomainRow]:
    """List all proven domains."""
    mine = MailDomain.tenant_id == bound_tenant()
    rows = await MailDomain.select(*_DOMAIN).where(mine, MailDomain.proven_at.is_not_null())
    return [DomainRow(**row) for row in rows]


async def proven_ids(connection: Connection, names: Sequence[str]) -> dict[str, UUID]:
    """Find which of the names are proven; bare SQL, since every accepted message asks."""
    rows = await connection.fetch(
        "select name, id from mail_domains where tenant_id = $1 and name = any ($2) and proven_at is not null",
        bound_tenant(),
        names,
    )
    return {row["name"]: row["id"] for row in rows}


async def save_check(domain_id: UUID, result: CheckResult) -> None:
    """Store what a check found."""
    await MailDomain.update(
        {
            MailDomain.status: result.status,
            MailDomain.proven_at: result.proven_at,
            MailDomain.checked_at: result.checked_at,
            MailDomain.next_check_at: result.next_check_at,
            MailDomain.checks_failed: result.checks_failed,
            MailDomain.findings: msgspec.json.encode(result.findings).decode(),
        }
    ).where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)


async def delete(domain_id: UUID) -> None:
    """Remove a domain with its keys."""
    await MailDomain.delete().where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)


async def proven_by_another(connection: Connection, names: Sequence[str]) -> bool:
    """Say whether another tenant has proven one of these names."""
    return bool(await connection.fetchval("select proven_by_another($1)", names))
