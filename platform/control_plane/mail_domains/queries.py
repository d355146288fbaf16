"""What is asked of the tables of mail domains; as the app role for the bound tenant, unless it says otherwise."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.dkim import Algorithm
from control_plane.mail_domains.schemas import DnsRecord, DomainStatus
from control_plane.mail_domains.tables import DkimKey, MailDomain

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
_KEY = (
    DkimKey.id,
    DkimKey.domain_id,
    DkimKey.selector,
    DkimKey.algorithm,
    DkimKey.private_key,
    DkimKey.public_key,
    DkimKey.status,
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


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A DKIM key as it is stored, its private half encrypted."""

    id: UUID
    domain_id: UUID
    selector: str
    algorithm: Algorithm
    private_key: bytes
    public_key: str
    status: str


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check leaves behind."""

    status: DomainStatus
    proven_at: datetime | None
    checked_at: datetime
    next_check_at: datetime | None
    checks_failed: int
    findings: list[DnsRecord]


# --- Domains ----------------------------------------------------------------------------------------------------------


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


async def postpone_if_due(connection: Connection, domain_id: UUID, now: datetime, until: datetime) -> bool:
    """Put a due check off, so that no other worker does it as well; says whether it was due."""
    found = await connection.fetchval(
        """update mail_domains set next_check_at = $4
           where tenant_id = $1 and id = $2 and next_check_at <= $3 returning true""",
        bound_tenant(),
        domain_id,
        now,
        until,
    )
    return found is not None


async def due(connection: Connection, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List the domains that are to be checked (fleet role)."""
    rows = await connection.fetch(
        "select tenant_id, id from mail_domains where next_check_at <= $1 order by next_check_at limit $2", now, limit
    )
    return [(TenantId(row["tenant_id"]), row["id"]) for row in rows]


# --- Keys -------------------------------------------------------------------------------------------------------------


async def insert_keys(keys: Sequence[KeyRow], now: datetime) -> None:
    """Store a domain's new keys."""
    rows = [
        DkimKey(
            id=key.id,
            tenant_id=bound_tenant(),
            domain_id=key.domain_id,
            selector=key.selector,
            algorithm=key.algorithm,
            private_key=key.private_key,
            public_key=key.public_key,
            status=key.status,
            created_at=now,
        )
        for key in keys
    ]
    await DkimKey.insert(*rows)


async def keys_of(domain_ids: Collection[UUID]) -> list[KeyRow]:
    """List the domains' keys, oldest first."""
    if not domain_ids:
        return []
    mine = DkimKey.tenant_id == bound_tenant()
    rows = await DkimKey.select(*_KEY).where(mine, DkimKey.domain_id.is_in(list(domain_ids))).order_by(DkimKey.id)
    return [KeyRow(**row) for row in rows]


async def activate_keys(domain_id: UUID) -> None:
    """Let a domain's waiting keys sign."""
    waiting = DkimKey.status == "pending"
    await DkimKey.update({DkimKey.status: "active"}).where(
        DkimKey.tenant_id == bound_tenant(), DkimKey.domain_id == domain_id, waiting
    )


# --- Events -----------------------------------------------------------------------------------------------------------


async def insert_event(connection: Connection, event_id: UUID, event_type: str, at: datetime, data: str) -> None:
    """Store something that happened to a domain."""
    await connection.execute(
        "insert into events (tenant_id, id, type, at, data) values ($1, $2, $3, $4, $5::jsonb)",
        bound_tenant(),
        event_id,
        event_type,
        at,
        data,
    )
