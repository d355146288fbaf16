"""The domains themselves; as the app role for the bound tenant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.query.methods.select import SelectRaw

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.domain_sites.policy import Mode
from control_plane.mail_domains.checkup.needs import DkimMode
from control_plane.mail_domains.life import Life, Told
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
    MailDomain.dkim_mode,
    MailDomain.dkim_rotate_at,
    MailDomain.report_token,
    MailDomain.proof_missing_since,
    MailDomain.is_ours,
    MailDomain.flawed_since,
    MailDomain.told,
    MailDomain.served,
    SelectRaw(
        """(select jsonb_build_array(s.mta_sts_mode, s.mta_sts_max_age_seconds) from domain_site_settings s
            where s.tenant_id = mail_domains.tenant_id and s.domain_id = mail_domains.id) as mta_sts"""
    ),
)

_policy = msgspec.json.Decoder(tuple[Mode, int])


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
    dkim_mode: DkimMode
    dkim_rotate_at: datetime | None
    report_token: str
    proof_missing_since: datetime | None
    is_ours: bool
    flawed_since: datetime | None
    told: Told | None
    served: tuple[str, ...]
    """Purposes of the names below it that point to us."""
    mta_sts: tuple[Mode, int] | None
    """Mode and age in seconds of its MTA-STS policy, if somebody has chosen them."""

    @property
    def life(self) -> Life:
        """Give where it is in its life."""
        return msgspec.convert(self, Life, from_attributes=True)


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check leaves behind."""

    life: Life
    checked_at: datetime
    next_check_at: datetime | None
    findings: list[DnsRecord]
    served: list[str]


async def insert_domain(
    connection: Connection, domain_id: UUID, name: str, token: str, now: datetime, next_check_at: datetime
) -> None:
    """Store a new domain."""
    await connection.execute(
        """insert into mail_domains (tenant_id, id, name, ownership_token, next_check_at, created_at)
           values ($1, $2, $3, $4, $5, $6)""",
        bound_tenant(),
        domain_id,
        name,
        token,
        next_check_at,
        now,
    )


async def claim_anew(
    connection: Connection, name: str, token: str, now: datetime, next_check_at: datetime
) -> UUID | None:
    """Begin a claim of the bound tenant that has expired anew, with another token; None if there is none."""
    found: UUID | None = await connection.fetchval(
        """update mail_domains set status = 'pending', ownership_token = $3, created_at = $4, next_check_at = $5,
             checked_at = null, checks_failed = 0, findings = '[]', told = null
           where tenant_id = $1 and name = $2 and status = 'failed' and proof_missing_since is null returning id""",
        bound_tenant(),
        name,
        token,
        now,
        next_check_at,
    )
    return found


async def find(domain_id: UUID, *, lock: bool = False) -> DomainRow | None:
    """Find a domain by its id; locked, nobody else proves or deletes it until this transaction ends."""
    query = MailDomain.select(*_DOMAIN).where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)
    row = await (query.lock_rows("NO KEY UPDATE") if lock else query).first()
    return None if row is None else row_of(row)


async def page(
    after: UUID | None, limit: int, status: DomainStatus | None = None, named: str | None = None
) -> list[DomainRow]:
    """List domains, newest first; `named`: a pattern of SQL's `like`."""
    query = MailDomain.select(*_DOMAIN).where(MailDomain.tenant_id == bound_tenant())
    if after is not None:
        query = query.where(MailDomain.id < after)
    if status is not None:
        query = query.where(MailDomain.status == status)
    if named is not None:
        query = query.where(MailDomain.name.like(named))
    return [row_of(row) for row in await query.order_by(MailDomain.id, ascending=False).limit(limit)]


async def proven() -> list[DomainRow]:
    """List all proven domains."""
    mine = MailDomain.tenant_id == bound_tenant()
    rows = await MailDomain.select(*_DOMAIN).where(mine, MailDomain.proven_at.is_not_null())
    return [row_of(row) for row in rows]


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
    life = result.life
    await MailDomain.update(
        {
            MailDomain.status: life.status,
            MailDomain.proven_at: life.proven_at,
            MailDomain.proof_missing_since: life.proof_missing_since,
            MailDomain.flawed_since: life.flawed_since,
            MailDomain.checks_failed: life.checks_failed,
            MailDomain.told: life.told,
            MailDomain.checked_at: result.checked_at,
            MailDomain.next_check_at: result.next_check_at,
            MailDomain.findings: msgspec.json.encode(result.findings).decode(),
            MailDomain.served: result.served,
        }
    ).where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)


async def check_soon(connection: Connection, domain_id: UUID, now: datetime) -> None:
    """Let a domain that is looked at be due now."""
    await connection.execute(
        "update mail_domains set next_check_at = $3 where tenant_id = $1 and id = $2 and next_check_at > $3",
        bound_tenant(),
        domain_id,
        now,
    )


async def delete(domain_id: UUID) -> None:
    """Remove a domain with its keys."""
    await MailDomain.delete().where(MailDomain.tenant_id == bound_tenant(), MailDomain.id == domain_id)


async def proven_by_another(connection: Connection, names: Sequence[str]) -> bool:
    """Say whether another tenant has proven one of these names."""
    return bool(await connection.fetchval("select proven_by_another($1)", names))


def row_of(values: Mapping[str, Any]) -> DomainRow:
    chosen = values["mta_sts"]
    policy = None if chosen is None else _policy.decode(chosen)
    return DomainRow(**{**values, "served": tuple(values["served"]), "mta_sts": policy})
