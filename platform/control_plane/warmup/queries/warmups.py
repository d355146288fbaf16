"""The SQL of warm-ups: begun, decided day by day, finished (fleet role)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_WARMUPS = """
select w.ip_id, w.schedule::text as schedule, w.why, w.started_at, w.finished_at, w.held_at,
  host(i.address) as address, i.node_id, i.status
from warmups w join ips i on i.id = w.ip_id"""

_TO_BEGIN = """
select i.id from ips i left join warmups w on w.ip_id = i.id
where i.status = 'warming' and (w.ip_id is null or w.finished_at is not null) order by i.id"""

_TO_END = """
select w.ip_id from warmups w join ips i on i.id = w.ip_id
where w.finished_at is null and i.status in ('quarantined', 'released', 'active', 'provisioning') order by w.ip_id"""

_IDLE = """
select i.id from ips i join warmups w on w.ip_id = i.id
where i.status = 'active' and not i.standby and w.finished_at < $1
  and not exists (select from ip_daily d where d.ip_id = i.id and d.day >= $2 and d.sent > 0)
order by i.id"""

_BEGIN = """
insert into warmups (ip_id, schedule, why, started_at) values ($1, $2::jsonb, $3, $4)
on conflict (ip_id) do update set schedule = excluded.schedule, why = excluded.why, started_at = excluded.started_at,
  finished_at = null, held_at = null"""

_SAVE_TRACKS = """
insert into warmup_classes (ip_id, provider, step, verdict, why, decided_on)
select $1, t.provider, t.step, t.verdict, t.why, $6
from unnest($2::text[], $3::int[], $4::text[], $5::text[]) as t (provider, step, verdict, why)
on conflict (ip_id, provider) do update set step = excluded.step, verdict = excluded.verdict, why = excluded.why,
  decided_on = excluded.decided_on"""

_SAVE_DAY = """
insert into warmup_days (ip_id, day, provider, step, cap, verdict, why)
select $1, $2, t.provider, t.step, t.cap, t.verdict, t.why
from unnest($3::text[], $4::int[], $5::int[], $6::text[], $7::text[]) as t (provider, step, cap, verdict, why)
on conflict (ip_id, day, provider) do update set step = excluded.step, cap = excluded.cap,
  verdict = excluded.verdict, why = excluded.why"""


async def find(connection: Connection, ip_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find the warm-up of an address."""
    return await connection.fetchrow(_WARMUPS + " where w.ip_id = $1" + (" for update of w" if lock else ""), ip_id)


async def page(connection: Connection, after: UUID | None, limit: int, *, only_running: bool) -> list[asyncpg.Record]:
    """List warm-ups, newest address first."""
    return await connection.fetch(
        f"""{_WARMUPS} where ($1::uuid is null or w.ip_id < $1) and (not $3 or w.finished_at is null)
            order by w.ip_id desc limit $2""",
        after,
        limit,
        only_running,
    )


async def some(connection: Connection, ip_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find the warm-ups of addresses that run."""
    return await connection.fetch(_WARMUPS + " where w.ip_id = any ($1) and w.finished_at is null", ip_ids)


async def running(connection: Connection) -> list[UUID]:
    """List the addresses that are being warmed up."""
    return [
        row["ip_id"] for row in await connection.fetch("select ip_id from warmups where finished_at is null order by 1")
    ]


async def to_begin(connection: Connection) -> list[UUID]:
    """List addresses that are to be warmed up and have no warm-up that runs."""
    return [row["id"] for row in await connection.fetch(_TO_BEGIN)]


async def to_end(connection: Connection) -> list[UUID]:
    """List addresses whose warm-up runs though they are not to be warmed up any more."""
    return [row["ip_id"] for row in await connection.fetch(_TO_END)]


async def idle(connection: Connection, finished_before: datetime, unused_since: date) -> list[UUID]:
    """List active addresses that were warmed up once and have not been used since a day."""
    return [row["id"] for row in await connection.fetch(_IDLE, finished_before, unused_since)]


async def place_of(connection: Connection, ip_id: UUID) -> asyncpg.Record | None:
    """Find where an address is and whether it is to be warmed up, and lock it."""
    return await connection.fetchrow(
        "select host(address) as address, node_id, status from ips where id = $1 for no key update", ip_id
    )


async def begin(connection: Connection, ip_id: UUID, schedule: str, why: str, now: datetime) -> None:
    """Begin a warm-up, anew if there was one."""
    await connection.execute(_BEGIN, ip_id, schedule, why, now)
    await connection.execute("delete from warmup_classes where ip_id = $1", ip_id)


async def set_schedule(connection: Connection, ip_id: UUID, schedule: str) -> None:
    """Give a warm-up another table."""
    await connection.execute("update warmups set schedule = $2::jsonb where ip_id = $1", ip_id, schedule)


async def set_held(connection: Connection, ip_id: UUID, held_at: datetime | None) -> None:
    """Hold a warm-up, or let it go on."""
    await connection.execute("update warmups set held_at = $2 where ip_id = $1", ip_id, held_at)


async def finish(connection: Connection, ip_id: UUID, now: datetime) -> None:
    """End a warm-up."""
    await connection.execute("update warmups set finished_at = $2 where ip_id = $1 and finished_at is null", ip_id, now)


async def tracks(connection: Connection, ip_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Give where each class of these addresses is."""
    return await connection.fetch(
        """select ip_id, provider, step, verdict, why, decided_on from warmup_classes
           where ip_id = any ($1) order by ip_id, provider""",
        ip_ids,
    )


async def save_tracks(
    connection: Connection,
    ip_id: UUID,
    providers: Sequence[str],
    steps: Sequence[int],
    verdicts: Sequence[str],
    whys: Sequence[str],
    day: date,
) -> None:
    """Save what was decided for a day, and leave out classes that have no part in it any more."""
    await connection.execute(_SAVE_TRACKS, ip_id, providers, steps, verdicts, whys, day)
    await connection.execute("delete from warmup_classes where ip_id = $1 and provider <> all ($2)", ip_id, providers)


async def save_day(
    connection: Connection,
    ip_id: UUID,
    day: date,
    providers: Sequence[str],
    steps: Sequence[int],
    caps: Sequence[int],
    verdicts: Sequence[str],
    whys: Sequence[str],
) -> None:
    """Keep what was planned for a day."""
    await connection.execute(_SAVE_DAY, ip_id, day, providers, steps, caps, verdicts, whys)


async def planned(connection: Connection, ip_id: UUID, since: date) -> list[asyncpg.Record]:
    """Give what was planned, and what was sent, day by day."""
    return await connection.fetch(
        """select w.day, w.provider, w.step, w.cap, coalesce(d.sent, 0) as sent, w.verdict, w.why
           from warmup_days w left join ip_daily d using (ip_id, day, provider)
           where w.ip_id = $1 and w.day >= $2 order by w.provider, w.day""",
        ip_id,
        since,
    )
