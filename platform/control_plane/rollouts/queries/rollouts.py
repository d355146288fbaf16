"""The SQL of roll-outs as a whole (fleet role)."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection

_COLUMNS = """r.id, r.kind, r.change::text as change, r.former::text as former, r.waves::text as waves, r.stages,
  r.stage, r.soak_seconds, r.probe_address, r.hold_for_absent, r.status, r.aborted, r.cause, r.author, r.started_at,
  r.turned_at, r.ended_at"""

_INSERT = """
insert into rollouts (id, kind, change, former, waves, stages, soak_seconds, probe_address, hold_for_absent, author,
  started_at)
values ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10, $11)"""

_STATES = """
select coalesce(json_object_agg(state, count), '{}')::text
from (select state, count(*) from rollout_nodes where rollout_id = r.id group by state) as counted"""


class NewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A roll-out to begin, in the order of `_INSERT`."""

    id: UUID
    kind: str
    change: str
    former: str
    waves: str
    stages: int
    soak_seconds: int
    probe_address: str | None
    hold_for_absent: bool
    author: str
    started_at: datetime


async def insert(connection: Connection, row: NewRow) -> None:
    """Begin one; raises `UniqueViolationError` while another is under way."""
    await connection.execute(_INSERT, *msgspec.structs.astuple(row))


async def find(connection: Connection, rollout_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find one."""
    ending = " for no key update" if lock else ""
    return await connection.fetchrow(f"select {_COLUMNS} from rollouts r where r.id = $1{ending}", rollout_id)  # noqa: S608


async def under_way(connection: Connection) -> asyncpg.Record | None:
    """Find the one that is under way."""
    return await connection.fetchrow(f"select {_COLUMNS} from rollouts r where r.ended_at is null")  # noqa: S608


async def take_under_way(connection: Connection) -> asyncpg.Record | None:
    """Find and lock the one that is under way, unless somebody else has it in hand."""
    query = f"select {_COLUMNS} from rollouts r where r.ended_at is null for no key update skip locked"  # noqa: S608
    return await connection.fetchrow(query)


async def keep_still(connection: Connection) -> None:
    """Let the one that is under way take no step until the transaction ends; others may go by it too."""
    await connection.execute("select from rollouts where ended_at is null for share")


async def page(connection: Connection, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """List them with their nodes' states counted, newest first."""
    return await connection.fetch(
        f"""select {_COLUMNS}, ({_STATES}) as states from rollouts r
            where $1::uuid is null or r.id < $1 order by r.id desc limit $2""",  # noqa: S608
        after,
        limit,
    )


async def last_completed(connection: Connection, kind: str) -> asyncpg.Record | None:
    """Find the one of a kind that went through last: they never overlap, so it is the one that began last."""
    return await connection.fetchrow(
        f"""select {_COLUMNS} from rollouts r where r.kind = $1 and r.status = 'completed'
            order by r.id desc limit 1""",  # noqa: S608
        kind,
    )


async def set_status(connection: Connection, rollout_id: UUID, status: str) -> None:
    """Let it run or stand."""
    await connection.execute("update rollouts set status = $2 where id = $1", rollout_id, status)


async def enter_stage(connection: Connection, rollout_id: UUID, stage: int) -> None:
    """Go on to a stage."""
    await connection.execute("update rollouts set stage = $2 where id = $1", rollout_id, stage)


async def turn_back(connection: Connection, rollout_id: UUID, cause: str, now: datetime, *, aborted: bool) -> None:
    """Let it go back."""
    await connection.execute(
        "update rollouts set status = 'rolling_back', cause = $2, turned_at = $3, aborted = $4 where id = $1",
        rollout_id,
        cause,
        now,
        aborted,
    )


async def end(connection: Connection, rollout_id: UUID, status: str, now: datetime) -> None:
    """End it."""
    await connection.execute("update rollouts set status = $2, ended_at = $3 where id = $1", rollout_id, status, now)
