"""Show warm-ups: where they are, what was planned, what was sent."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.warmup.decide import cap_of
from control_plane.warmup.queries import warmups as queries
from control_plane.warmup.schemas import (
    ClassStanding,
    DayCounts,
    PlannedDay,
    Schedule,
    Standing,
    Track,
    Warmup,
)
from control_plane.warmup.service.counting import days

PREFIX = "ip"
_SHOWN = timedelta(days=60)


async def standing(tx: Transaction, clock: Clock, ip_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Say how far addresses are; those that are not being warmed up are left out (fleet role)."""
    rows = await queries.some(tx.connection, ip_ids)
    found = await views(tx, clock, rows)
    return {row["ip_id"]: warmup.standing for row, warmup in zip(rows, found, strict=True)}


async def get(tx: Transaction, clock: Clock, ip_id: UUID) -> Warmup:
    """Give the warm-up of an address; raises `NotFound` (fleet role)."""
    row = await queries.find(tx.connection, ip_id)
    if row is None:
        raise NotFound
    return (await views(tx, clock, [row]))[0]


async def listing(
    tx: Transaction, clock: Clock, after: UUID | None, limit: int, *, only_running: bool = False
) -> Page[Warmup]:
    """List warm-ups, those of the newest addresses first (fleet role)."""
    rows = await queries.page(tx.connection, after, limit + 1, only_running=only_running)
    shown = tuple(await views(tx, clock, rows[:limit]))
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def planned(tx: Transaction, clock: Clock, ip_id: UUID) -> list[PlannedDay]:
    """Give what was planned and sent in the last 60 days, by class and day (fleet role)."""
    rows = await queries.planned(tx.connection, ip_id, clock.now().date() - _SHOWN)
    return [PlannedDay(**row) for row in rows]


async def views(tx: Transaction, clock: Clock, rows: Sequence[asyncpg.Record]) -> list[Warmup]:
    """Show rows of warm-ups."""
    ip_ids, today = [row["ip_id"] for row in rows], clock.now().date()
    tracks = await tracks_of(tx, ip_ids)
    counted = await days(tx, ip_ids, today)
    return [_view(row, tracks[row["ip_id"]], _sent(counted[row["ip_id"]], today)) for row in rows]


async def tracks_of(tx: Transaction, ip_ids: Sequence[UUID]) -> dict[UUID, list[Track]]:
    """Give where each class of these addresses is (fleet role)."""
    found: dict[UUID, list[Track]] = {ip_id: [] for ip_id in ip_ids}
    for row in await queries.tracks(tx.connection, ip_ids):
        fields = {name: value for name, value in row.items() if name != "ip_id"}
        found[row["ip_id"]].append(Track(**fields))
    return found


def schedule_of(row: asyncpg.Record) -> Schedule:
    """Read the table of a row."""
    return msgspec.json.decode(row["schedule"], type=Schedule)


def _sent(counted: Sequence[DayCounts], today: date) -> dict[str, int]:
    return {each.provider: each.counts.sent for each in counted if each.day == today}


def _view(row: asyncpg.Record, tracks: Sequence[Track], sent: Mapping[str, int]) -> Warmup:
    schedule = schedule_of(row)
    return Warmup(
        id=encode(PREFIX, row["ip_id"]),
        address=row["address"],
        node_id=encode("nod", row["node_id"]),
        status="finished" if row["finished_at"] else "held" if row["held_at"] else "running",
        why=row["why"],
        schedule=schedule,
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        standing=standing_of(schedule, tracks, sent),
    )


def standing_of(schedule: Schedule, tracks: Sequence[Track], sent: Mapping[str, int]) -> Standing:
    """Say what may be sent today, and what was."""
    by_provider = {each.provider: _class(schedule, each, sent.get(each.provider, 0)) for each in tracks}
    return Standing(
        step=min((each.step for each in tracks), default=1),
        steps=len(schedule.steps),
        cap_today=sum(each.cap_today for each in by_provider.values()),
        sent_today=sum(sent.values()),
        by_provider=by_provider,
    )


def _class(schedule: Schedule, track: Track, sent: int) -> ClassStanding:
    cap = cap_of(schedule, track.provider, track.step)
    return ClassStanding(
        step=track.step,
        cap_today=cap.per_day,
        cap_hour=cap.per_hour,
        sent_today=sent,
        verdict=track.verdict,
        why=track.why,
    )
