"""What checks found in the course of time: a row for each that found something new."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant


async def insert_check(connection: Connection, check_id: UUID, domain_id: UUID, status: str, changes: str) -> None:
    """Store what a check of the bound tenant's domain found to be new; `changes` is JSON."""
    await connection.execute(
        "insert into domain_checks (tenant_id, id, domain_id, status, changes) values ($1, $2, $3, $4, $5::jsonb)",
        bound_tenant(),
        check_id,
        domain_id,
        status,
        changes,
    )


async def page(connection: Connection, domain_id: UUID, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """List the checks that found something new, newest first."""
    return await connection.fetch(
        """select id, status, changes from domain_checks
           where tenant_id = $1 and domain_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4""",
        bound_tenant(),
        domain_id,
        after,
        limit,
    )


async def forget(connection: Connection, before: datetime, most: int) -> int:
    """Delete some of what is older than a moment (fleet role); gives how many that were."""
    status = await connection.execute(
        """delete from domain_checks where (tenant_id, id) in
             (select tenant_id, id from domain_checks
              where id < uuid_at($1) and session_user = 'fleetpost_fleet' limit $2)""",
        before,
        most,
    )
    return int(status.rpartition(" ")[2])
