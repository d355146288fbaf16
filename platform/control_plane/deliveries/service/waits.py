"""Why mail waits, for those whose mail it is and for operators."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.queries import waiting as queries
from control_plane.deliveries.schemas import Wait
from control_plane.deliveries.service.claims import PREFIX


class Stranded(msgspec.Struct, frozen=True):
    """A pool in which mail waits and that no node sends from."""

    pool_id: UUID
    name: str
    tenants: int
    since: datetime


async def why_waiting(db: Database, message_id: str) -> dict[str, Wait]:
    """Say of the deliveries of the bound tenant's message that wait why they do, where there is something to say."""
    wanted = ids.decode("msg", message_id)
    async with db.tenant_tx() as tx:
        rows = await queries.why(tx.connection, bound_tenant(), wanted)
    return {ids.encode(PREFIX, row["id"]): _wait(row) for row in rows}


def _wait(row: asyncpg.Record) -> Wait:
    return Wait(row["no_way_out"], row["reason"], row["returned_at"] or ids.time_of(row["id"]))


async def without_way_out(tx: Transaction) -> list[Stranded]:
    """List the pools in which mail waits and that no node sends from, the longest wait first (fleet role)."""
    rows = await queries.without_way_out(tx.connection)
    return [Stranded(row["pool_id"], row["name"], row["tenants"], ids.time_of(row["oldest"])) for row in rows]
