"""What is stored of a tenant's mail."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant


async def deliveries(db: Database, tenant: Tenant) -> list[asyncpg.Record]:
    """List a tenant's deliveries."""
    return await _rows(db, tenant, "select id, message_id, recipient, status, held_for, send_at from deliveries")


async def statuses(db: Database, tenant: Tenant) -> list[str]:
    """List the states of a tenant's deliveries."""
    return [row["status"] for row in await deliveries(db, tenant)]


async def happened(db: Database, tenant: Tenant) -> list[tuple[UUID, str]]:
    """List what happened to a tenant's deliveries."""
    rows = await _rows(db, tenant, "select id, delivery_id, type from events")
    return [(row["delivery_id"], row["type"].removeprefix("message.")) for row in rows]


async def used(db: Database, tenant: Tenant) -> dict[str, int]:
    """Give what is counted of a tenant's mail in the newest windows."""
    rows = await _rows(db, tenant, "select resource as id, used, window_start from usage")
    newest = {row["id"]: row["used"] for row in sorted(rows, key=lambda row: str(row["window_start"]))}
    return {name: count for name, count in newest.items() if count}


async def queue(db: Database, tenant: Tenant, message_id: UUID) -> None:
    """Have a node take a message's deliveries."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update deliveries set status = 'queued', lease_id = new_uuid() where message_id = $1", message_id
            )


async def _rows(db: Database, tenant: Tenant, query: str) -> list[asyncpg.Record]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await tx.connection.fetch(f"{query} order by id")
