"""The SQL of replays: events of the past are put on their way once more, a portion at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import lower_bound

_LONGEST_COUNT = "2s"
_COLUMNS = "id, since, until, types, status, position, events, sent, created_at, finished_at"

_COUNT = """
select count(*) from (
  select from events where tenant_id = $1 and id >= $2 and id < $3 and (type = any ($4) or '*' = any ($4)) limit $5
) found"""

_INSERT = f"""
insert into webhook_replays (tenant_id, id, webhook_id, since, until, types, position, events)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning {_COLUMNS}"""  # noqa: S608 our own columns

_OPEN = """
select count(*) from (
  select from webhook_deliveries where tenant_id = $1 and webhook_id = $2 and next_attempt_at is not null limit $3
) found"""

_PUT_ON_WAY = """
with looked_at as materialized (
  select id, type, message_id from events where tenant_id = $1 and id > $3 and id < $4 order by id limit $8
), picked as (
  select * from looked_at where type = any ($5) or '*' = any ($5) order by id limit $6
), made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, message_id, next_attempt_at)
  select $1, new_uuid(), $2, id, type, message_id, $7 from picked returning event_id
)
select (select count(*) from made) as put,
  (select id from picked order by id desc limit 1) as last_put,
  (select id from looked_at order by id offset $8 - 1 limit 1) as last_looked_at"""

_MOVE_ON = f"""
update webhook_replays set position = $3, sent = sent + $4, status = $5,
  finished_at = case when $5 <> 'running' then $6::timestamptz end
where tenant_id = $1 and id = $2 returning {_COLUMNS}"""  # noqa: S608 our own columns


class Portion(msgspec.Struct, frozen=True):
    """What came of one step: how many events were put on their way, and the last that was put, or looked at in vain.

    There is no last one that was looked at when the end was reached.
    """

    put: int
    last_put: UUID | None
    last_looked_at: UUID | None


async def count_events(
    tx: Transaction, tenant_id: UUID, since: datetime, until: datetime, types: Sequence[str], most: int
) -> int | None:
    """Count the events of a time, up to a number; None if that takes too long."""
    bounds = lower_bound(since), lower_bound(until)
    try:
        async with tx.savepoint():
            await tx.connection.execute(f"set local statement_timeout = '{_LONGEST_COUNT}'")
            found: int = await tx.connection.fetchval(_COUNT, tenant_id, *bounds, list(types), most)
            await tx.connection.execute("set local statement_timeout to default")
    except asyncpg.QueryCanceledError:
        return None
    return found


async def insert(
    tx: Transaction,
    tenant_id: UUID,
    replay_id: UUID,
    webhook_id: UUID,
    since: datetime,
    until: datetime,
    types: Sequence[str],
    events: int,
) -> asyncpg.Record | None:
    """Store a replay unless another of the webhook is under way."""
    values = (replay_id, webhook_id, since, until, list(types), lower_bound(since), events)
    return await tx.connection.fetchrow(_INSERT, tenant_id, *values)


async def page(
    tx: Transaction, tenant_id: UUID, webhook_id: UUID, limit: int, after: UUID | None
) -> list[asyncpg.Record]:
    """Find a webhook's replays, newest first."""
    return await tx.connection.fetch(
        f"""select {_COLUMNS} from webhook_replays
            where tenant_id = $1 and webhook_id = $2 and ($3::uuid is null or id < $3)
            order by id desc limit $4""",  # noqa: S608 our own columns
        tenant_id,
        webhook_id,
        after,
        limit,
    )


async def take_running(tx: Transaction, tenant_id: UUID, webhook_id: UUID) -> asyncpg.Record | None:
    """Lock a webhook's replay that is under way, unless another worker has it."""
    return await tx.connection.fetchrow(
        f"""select {_COLUMNS} from webhook_replays
            where tenant_id = $1 and webhook_id = $2 and status = 'running' for update skip locked""",  # noqa: S608
        tenant_id,
        webhook_id,
    )


async def count_open(tx: Transaction, tenant_id: UUID, webhook_id: UUID, most: int) -> int:
    """Count what a webhook still has before it, up to a number."""
    found: int = await tx.connection.fetchval(_OPEN, tenant_id, webhook_id, most)
    return found


async def put_on_way(
    tx: Transaction,
    tenant_id: UUID,
    webhook_id: UUID,
    position: UUID,
    until: datetime,
    types: Sequence[str],
    limit: int,
    now: datetime,
    most: int,
) -> Portion:
    """Put the next events after a position on their way, looking through so many of any type at most."""
    values = (webhook_id, position, lower_bound(until), list(types), limit, now, most)
    row = await tx.connection.fetchrow(_PUT_ON_WAY, tenant_id, *values)
    assert row is not None, "it gives one row"
    return Portion(*row.values())


async def move_on(
    tx: Transaction, tenant_id: UUID, replay_id: UUID, position: UUID, sent: int, status: str, now: datetime
) -> None:
    """Note how far a replay has come."""
    await tx.connection.execute(_MOVE_ON, tenant_id, replay_id, position, sent, status, now)


async def running(tx: Transaction) -> list[asyncpg.Record]:
    """Find the webhooks that have a replay under way (fleet role)."""
    return await tx.connection.fetch("select tenant_id, webhook_id from webhook_replays where status = 'running'")
