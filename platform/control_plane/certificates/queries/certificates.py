"""The SQL of certificates; as the app role for the bound tenant, unless it says otherwise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from control_plane.certificates.schemas import Status
from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant

Origin: TypeAlias = Literal["served", "asked", "upload"]
Place: TypeAlias = Literal["node", "front"]


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as it is stored, its key encrypted."""

    id: UUID
    names: tuple[str, ...]
    origin: Origin
    places: tuple[Place, ...]
    status: Status = "pending"
    chain: str | None = None
    private_key: bytes | None = None
    issuer: str = ""
    key_type: str = ""
    fingerprint: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    directory: str = ""
    registered_domain: str = ""
    issued_at: datetime | None = None
    renew_at: datetime | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    window_due_at: datetime | None = None
    attempts: int = 0
    authority_failures: int = 0
    problem: str | None = None
    proof_failed_at: datetime | None = None
    next_attempt_at: datetime | None = None
    warned_days: int | None = None
    changed_at: datetime
    created_at: datetime

    @property
    def is_served(self) -> bool:
        """Say whether it is given to clients: there is one, and neither another stands in nor was it given up."""
        return self.chain is not None and self.status in ("issued", "failed", "pending")


_FIELDS = CertificateRow.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_FIXED = ("id", "created_at")
_MUTABLE = tuple(name for name in _FIELDS if name not in _FIXED)
_INSERT = (
    f"insert into certificates (tenant_id, {_COLUMNS}) values ($1, "  # noqa: S608
    f"{', '.join(f'${place}' for place in range(2, len(_FIELDS) + 2))}) on conflict do nothing returning true"
)
_UPDATE = (
    f"update certificates set {', '.join(f'{name} = ${place}' for place, name in enumerate(_MUTABLE, 3))} "  # noqa: S608
    "where tenant_id = $1 and id = $2"
)


def _row(record: asyncpg.Record) -> CertificateRow:
    return msgspec.convert({name: record[name] for name in _FIELDS}, CertificateRow)


async def insert(connection: Connection, row: CertificateRow) -> bool:
    """Store a new certificate; False if there is one for the same names already."""
    values = [getattr(row, name) for name in _FIELDS]
    return bool(await connection.fetchval(_INSERT, bound_tenant(), *values))


async def save(connection: Connection, row: CertificateRow) -> None:
    """Store all that can change."""
    await connection.execute(_UPDATE, bound_tenant(), row.id, *(getattr(row, name) for name in _MUTABLE))


async def find(connection: Connection, certificate_id: UUID, *, lock: bool = False) -> CertificateRow | None:
    """Find a certificate; locked, nobody else changes it until this transaction ends."""
    query = f"select {_COLUMNS} from certificates where tenant_id = $1 and id = $2"  # noqa: S608
    record = await connection.fetchrow(query + (" for update" if lock else ""), bound_tenant(), certificate_id)
    return None if record is None else _row(record)


async def page(
    connection: Connection, after: UUID | None, limit: int, domain: str | None = None
) -> list[CertificateRow]:
    """List certificates, newest first; of one domain: those with a name at or below it."""
    records = await connection.fetch(
        f"""select {_COLUMNS} from certificates
            where tenant_id = $1 and ($2::uuid is null or id < $2)
              and ($4::text is null or exists (
                select from unnest(names) n where n = $4 or right(n, length($4) + 1) = '.' || $4))
            order by id desc limit $3""",  # noqa: S608
        bound_tenant(),
        after,
        limit,
        domain,
    )
    return [_row(record) for record in records]


async def every(connection: Connection, *, lock: bool = False) -> list[CertificateRow]:
    """List all of the bound tenant's certificates, in the order in which they are locked."""
    query = f"select {_COLUMNS} from certificates where tenant_id = $1 order by id"  # noqa: S608
    return [_row(record) for record in await connection.fetch(query + (" for update" if lock else ""), bound_tenant())]


async def count_own(connection: Connection) -> int:
    """Count what the bound tenant asked for or uploaded."""
    found: int = await connection.fetchval(
        "select count(*) from certificates where tenant_id = $1 and origin <> 'served'", bound_tenant()
    )
    return found


async def delete(connection: Connection, certificate_id: UUID) -> None:
    """Remove a certificate with its order."""
    await connection.execute(
        "delete from certificates where tenant_id = $1 and id = $2", bound_tenant(), certificate_id
    )


async def postpone_if_due(connection: Connection, certificate_id: UUID, now: datetime, until: datetime) -> bool:
    """Put off what is due, so that no other worker does it as well; says whether it was due."""
    found = await connection.fetchval(
        """update certificates set next_attempt_at = $4
           where tenant_id = $1 and id = $2 and next_attempt_at <= $3 returning true""",
        bound_tenant(),
        certificate_id,
        now,
        until,
    )
    return found is not None


async def issued_since(connection: Connection, registered_domain: str, since: datetime) -> int:
    """Count what was issued below a registered domain, whoever it was for."""
    found: int = await connection.fetchval("select certificates_issued($1, $2)", registered_domain, since)
    return found


async def contacts(connection: Connection) -> list[str]:
    """List the mail addresses of the bound tenant's owners and admins."""
    rows = await connection.fetch(
        """select u.email from memberships m join users u on u.id = m.user_id
           where m.tenant_id = $1 and m.role in ('owner', 'admin') order by 1""",
        bound_tenant(),
    )
    return [row["email"] for row in rows]


async def insert_event(connection: Connection, event_id: UUID, event_type: str, at: datetime, data: str) -> None:
    """Store something that happened to a certificate."""
    await connection.execute(
        "insert into events (tenant_id, id, type, at, data) values ($1, $2, $3, $4, $5::jsonb)",
        bound_tenant(),
        event_id,
        event_type,
        at,
        data,
    )


# --- For all tenants --------------------------------------------------------------------------------------------------


async def due(connection: Connection, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List what is to be worked on (fleet role)."""
    return await _ids(connection, "next_attempt_at <= $1", "next_attempt_at", now, limit)


async def windows_due(connection: Connection, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List ordered certificates whose authorities are to be asked when to renew them (fleet role)."""
    condition = """status = 'issued' and origin <> 'upload' and next_attempt_at is not null and not_after > $1
      and (window_due_at is null or window_due_at <= $1)"""
    return await _ids(connection, condition, "window_due_at nulls first", now, limit)


async def ending(connection: Connection, before: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List what is served and ends before a moment, the first to end first (fleet role)."""
    condition = """chain is not null and status in ('issued', 'failed', 'pending') and not_after <= $1
      and not_after > now() - interval '2 days' and warned_days is distinct from 0"""
    return await _ids(connection, condition, "not_after", before, limit)


async def _ids(
    connection: Connection, condition: str, order: str, at: datetime, limit: int
) -> list[tuple[TenantId, UUID]]:
    rows = await connection.fetch(
        f"select tenant_id, id from certificates where {condition} order by {order} limit $2",  # noqa: S608
        at,
        limit,
    )
    return [(TenantId(row["tenant_id"]), row["id"]) for row in rows]


async def tenants_holding(connection: Connection) -> list[TenantId]:
    """List tenants that have certificates (fleet role)."""
    rows = await connection.fetch("select distinct tenant_id from certificates")
    return [TenantId(row["tenant_id"]) for row in rows]


async def for_front(connection: Connection) -> Sequence[asyncpg.Record]:
    """List what the web front serves (fleet role)."""
    return await connection.fetch(
        """select id, names, chain, private_key, changed_at from certificates
           where 'front' = any (places) and chain is not null and status in ('issued', 'failed', 'pending')
           order by id"""
    )
