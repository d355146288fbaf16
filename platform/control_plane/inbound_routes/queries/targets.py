"""Addresses that mail is forwarded to, as the app role for the bound tenant; who was asked, as the fleet role."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.schemas import TargetStatus

_COLUMNS = "id, email, status, asked, asked_at, failures, note, failed_at"


class TargetRow(msgspec.Struct, frozen=True, kw_only=True):
    """An address and what its owner says to it."""

    id: UUID
    email: str
    status: TargetStatus
    asked: int = 0
    asked_at: datetime | None = None
    failures: int = 0
    note: str | None = None
    failed_at: datetime | None = None
    """When the latest mail that came back was passed on."""


async def find(connection: Connection, target_id: UUID, *, lock: bool = False) -> TargetRow | None:
    """Find one by its id."""
    query = f"select {_COLUMNS} from forward_targets where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    row = await connection.fetchrow(f"{query} for update" if lock else query, bound_tenant(), target_id)
    return None if row is None else _read(row)


async def find_by_email(connection: Connection, email: str) -> TargetRow | None:
    """Find and lock one by its address; capitals make no difference."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from forward_targets where tenant_id = $1 and lower(email) = lower($2) for update",  # noqa: S608 our own columns
        bound_tenant(),
        email,
    )
    return None if row is None else _read(row)


async def insert(connection: Connection, row: TargetRow, at: datetime) -> None:
    """Store a new one."""
    await connection.execute(
        f"""insert into forward_targets (tenant_id, {_COLUMNS}, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",  # noqa: S608 our own columns
        bound_tenant(),
        *msgspec.structs.astuple(row),
        at,
    )


async def save(connection: Connection, row: TargetRow) -> None:
    """Store a changed one."""
    await connection.execute(
        """update forward_targets set status = $3, asked = $4, asked_at = $5, failures = $6, note = $7, failed_at = $8
           where tenant_id = $1 and id = $2""",
        bound_tenant(),
        row.id,
        row.status,
        row.asked,
        row.asked_at,
        row.failures,
        row.note,
        row.failed_at,
    )


async def asked_by_us(connection: Connection, since: datetime) -> int:
    """Count whom the bound tenant had asked since a moment."""
    found: int = await connection.fetchval(
        "select count(*) from forward_targets where tenant_id = $1 and asked_at >= $2", bound_tenant(), since
    )
    return found


async def asked_by_others(connection: Connection, email: str, tenant_id: UUID, since: datetime) -> int:
    """Count the other tenants that had somebody asked since a moment (fleet role)."""
    found: int = await connection.fetchval(
        """select count(*) from forward_targets
           where lower(email) = lower($1) and tenant_id <> $2 and asked_at >= $3
             and session_user = 'fleetpost_fleet'""",
        email,
        tenant_id,
        since,
    )
    return found


async def account(connection: Connection) -> str:
    """Give the bound tenant's name."""
    found: str = await connection.fetchval("select name from tenants where id = $1", bound_tenant())
    return found


def _read(row: asyncpg.Record) -> TargetRow:
    return TargetRow(**dict(row))
