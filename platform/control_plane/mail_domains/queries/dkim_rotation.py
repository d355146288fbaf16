"""When and how a domain's DKIM keys are replaced; as the app role for the bound tenant, unless it says otherwise."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.checkup.needs import DkimMode


class RotationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A domain as far as its keys are concerned."""

    id: UUID
    name: str
    is_proven: bool
    mode: DkimMode
    rotate_days: int | None
    rotate_at: datetime | None


async def find(connection: Connection, domain_id: UUID, *, lock: bool = False) -> RotationRow | None:
    """Find a domain; locked, nothing of it changes until this transaction ends."""
    if lock:
        await connection.execute(
            "select from mail_domains where tenant_id = $1 and id = $2 for no key update", bound_tenant(), domain_id
        )
    row = await connection.fetchrow(
        """select id, name, proven_at is not null as is_proven, dkim_mode as mode, dkim_rotate_days as rotate_days,
             dkim_rotate_at as rotate_at
           from mail_domains where tenant_id = $1 and id = $2""",
        bound_tenant(),
        domain_id,
    )
    return None if row is None else RotationRow(**row)


async def set_mode(
    connection: Connection, domain_id: UUID, mode: DkimMode, days: int | None, rotate_at: datetime | None
) -> None:
    """Say where keys are published, and how often they are replaced."""
    await connection.execute(
        """update mail_domains set dkim_mode = $3, dkim_rotate_days = $4, dkim_rotate_at = $5
           where tenant_id = $1 and id = $2""",
        bound_tenant(),
        domain_id,
        mode,
        days,
        rotate_at,
    )


async def look_at(connection: Connection, domain_id: UUID, at: datetime | None, rotate_at: datetime | None) -> None:
    """Say when to look at a domain's keys again, and when they are to be replaced."""
    await connection.execute(
        "update mail_domains set dkim_look_at = $3, dkim_rotate_at = $4 where tenant_id = $1 and id = $2",
        bound_tenant(),
        domain_id,
        at,
        rotate_at,
    )


async def hasten(connection: Connection, domain_id: UUID, now: datetime) -> None:
    """Have the keys replaced now."""
    await connection.execute(
        """update mail_domains set dkim_rotate_at = $3
           where tenant_id = $1 and id = $2 and (dkim_rotate_at is null or dkim_rotate_at > $3)""",
        bound_tenant(),
        domain_id,
        now,
    )


async def claim_if_due(connection: Connection, domain_id: UUID, now: datetime, until: datetime) -> bool:
    """Put a due look off, so that no other worker does it as well; says whether it was due."""
    return bool(
        await connection.fetchval(
            """update mail_domains set dkim_look_at = $4
               where tenant_id = $1 and id = $2
                 and (dkim_look_at <= $3
                      or (dkim_rotate_at <= $3 and dkim_look_at is null and proven_at is not null))
               returning true""",
            bound_tenant(),
            domain_id,
            now,
            until,
        )
    )


async def due(connection: Connection, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List the domains whose keys' lives may go on, or whose keys are to be replaced (fleet role)."""
    rows = await connection.fetch(
        """select tenant_id, id from mail_domains
           where dkim_look_at <= $1 or (dkim_rotate_at <= $1 and dkim_look_at is null and proven_at is not null)
           order by least(dkim_look_at, dkim_rotate_at) limit $2""",
        now,
        limit,
    )
    return [(TenantId(row["tenant_id"]), row["id"]) for row in rows]
