"""What was passed on and may still come back: noted and settled as the app role, looked at as the fleet role."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant


class PassedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is watched."""

    delivery_id: UUID
    target_id: UUID | None
    recipient: str
    sender: str | None
    passed_at: datetime


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is due, and how it stands."""

    tenant_id: UUID
    delivery_id: UUID
    passed_at: datetime
    looks: int
    status: str | None
    """None: there is none any more."""
    has_arrived: bool
    """Whether it was seen delivered before."""


class SettledRow(PassedRow, frozen=True, kw_only=True):
    """A delivery that is watched no more."""

    forgave: int
    """So many failures of its target were forgotten when it was seen delivered."""


async def watch(connection: Connection, row: PassedRow, first_look_at: datetime) -> None:
    """Note what was passed on."""
    await connection.execute(
        """insert into passed_mails (tenant_id, delivery_id, target_id, recipient, sender, passed_at, next_look_at)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        bound_tenant(),
        *msgspec.structs.astuple(row),
        first_look_at,
    )


async def due(connection: Connection, now: datetime, most: int) -> list[Watched]:
    """List and lock what is to be looked at and nobody else is looking at (fleet role)."""
    rows = await connection.fetch(
        """select p.tenant_id, p.delivery_id, p.passed_at, p.looks, d.status, p.forgave is not null as has_arrived
           from passed_mails p left join deliveries d on d.tenant_id = p.tenant_id and d.id = p.delivery_id
           where p.next_look_at <= $1 and session_user = 'fleetpost_fleet' order by p.next_look_at limit $2
           for update of p skip locked""",
        now,
        most,
    )
    return [Watched(**dict(row)) for row in rows]


async def look_later(
    connection: Connection, tenants: list[UUID], deliveries: list[UUID], moments: list[datetime]
) -> None:
    """Put the next look off (fleet role)."""
    await connection.execute(
        """update passed_mails p set looks = p.looks + 1, next_look_at = l.at
           from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as l (tenant_id, delivery_id, at)
           where (p.tenant_id, p.delivery_id) = (l.tenant_id, l.delivery_id) and session_user = 'fleetpost_fleet'""",
        tenants,
        deliveries,
        moments,
    )


async def forget(connection: Connection, tenants: list[UUID], deliveries: list[UUID]) -> None:
    """Look no more (fleet role)."""
    await connection.execute(
        """delete from passed_mails p using unnest($1::uuid[], $2::uuid[]) as l (tenant_id, delivery_id)
           where (p.tenant_id, p.delivery_id) = (l.tenant_id, l.delivery_id) and session_user = 'fleetpost_fleet'""",
        tenants,
        deliveries,
    )


async def first_arrival(connection: Connection, delivery_id: UUID) -> PassedRow | None:
    """Lock a delivery of the bound tenant that was not seen delivered before."""
    row: asyncpg.Record | None = await connection.fetchrow(
        """select delivery_id, target_id, recipient, sender, passed_at from passed_mails
           where tenant_id = $1 and delivery_id = $2 and forgave is null for update""",
        bound_tenant(),
        delivery_id,
    )
    return None if row is None else PassedRow(**dict(row))


async def note_arrival(connection: Connection, delivery_id: UUID, forgave: int) -> None:
    """Note that a delivery of the bound tenant was seen delivered, and how many failures that made forgotten."""
    await connection.execute(
        "update passed_mails set forgave = $3 where tenant_id = $1 and delivery_id = $2",
        bound_tenant(),
        delivery_id,
        forgave,
    )


async def settle(connection: Connection, delivery_id: UUID) -> SettledRow | None:
    """Take what came back off the list of the bound tenant; None if somebody else has."""
    row: asyncpg.Record | None = await connection.fetchrow(
        """delete from passed_mails where tenant_id = $1 and delivery_id = $2
           returning delivery_id, target_id, recipient, sender, passed_at, coalesce(forgave, 0)::int as forgave""",
        bound_tenant(),
        delivery_id,
    )
    return None if row is None else SettledRow(**dict(row))


async def bounce_code(connection: Connection, delivery_id: UUID) -> str:
    """Give the enhanced status code of a delivery's bounce, as in `5.1.1`; empty if none was told."""
    found: str | None = await connection.fetchval(
        """select data ->> 'dsn' from events
           where tenant_id = $1 and delivery_id = $2 and type in ('message.bounced', 'message.failed')
             and message_id = (select message_id from deliveries where tenant_id = $1 and id = $2)
           order by id desc limit 1""",
        bound_tenant(),
        delivery_id,
    )
    return found or ""
