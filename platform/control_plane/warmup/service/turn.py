"""The turn of the UTC day: decide for each class of an address what the new day may bring, and tell the node.

Decided once a day, from what came of the days since the last decision. Late, it harms nobody: the node holds the caps
that it has, day after day, and a day that is not decided for is one more on which the step stays.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId
from control_plane.ip_pools.service import life as addresses
from control_plane.warmup.decide import IDLE_DAYS, Position, cap_of, decide
from control_plane.warmup.queries import counts as count_queries
from control_plane.warmup.queries import warmups as queries
from control_plane.warmup.schemas import Counts, DayCounts, Schedule, Track
from control_plane.warmup.service.counting import days
from control_plane.warmup.service.publish import item_of, publish
from control_plane.warmup.service.read import schedule_of, tracks_of

_ASKED = timedelta(days=7)
"""A class that was not used for so long is not waited for when the others are done."""


async def turn(db: Database, clock: Clock, ip_id: UUID) -> None:
    """Decide what is due for an address, and see that its node knows."""
    async with db.fleet_tx() as tx:
        place = await queries.place_of(tx.connection, ip_id)
        row = await queries.find(tx.connection, ip_id, lock=True)
        if place is None or row is None or row["finished_at"] is not None:
            return
        await _turn(tx, clock, row)


async def _turn(tx: Transaction, clock: Clock, row: asyncpg.Record) -> None:
    ip_id, today, schedule = row["ip_id"], clock.now().date(), schedule_of(row)
    tracks = (await tracks_of(tx, [ip_id]))[ip_id]
    if any(each.decided_on < today for each in tracks):
        used = await count_queries.last_used(tx.connection, ip_id)
        tracks = [await _decided(tx, row, schedule, each, used.get(each.provider), today) for each in tracks]
        await store(tx, ip_id, schedule, tracks, today)
        if _is_over(tracks, used, today):
            await finish(tx, clock, row, why="its warm-up is over")
            return
    if row["status"] == "warming":
        await publish(tx, NodeId(row["node_id"]), ip_id, item_of(ip_id, row["address"], schedule, tracks))


async def store(tx: Transaction, ip_id: UUID, schedule: Schedule, tracks: Sequence[Track], today: date) -> None:
    """Save where classes are, and what that plans for the day (fleet role)."""
    names, steps = [each.provider for each in tracks], [each.step for each in tracks]
    verdicts, whys = [each.verdict for each in tracks], [each.why for each in tracks]
    caps = [cap_of(schedule, each.provider, each.step).per_day for each in tracks]
    await queries.save_tracks(tx.connection, ip_id, names, steps, verdicts, whys, today)
    await queries.save_day(tx.connection, ip_id, today, names, steps, caps, verdicts, whys)


async def finish(tx: Transaction, clock: Clock, row: asyncpg.Record, *, why: str) -> None:
    """End a warm-up: the address takes its full share, and its node counts no more (fleet role)."""
    await queries.finish(tx.connection, row["ip_id"], clock.now())
    await publish(tx, NodeId(row["node_id"]), row["ip_id"], None)
    await addresses.warmed(tx, row["ip_id"], clock, reason=why)


async def _decided(
    tx: Transaction, row: asyncpg.Record, schedule: Schedule, track: Track, used: date | None, today: date
) -> Track:
    if track.decided_on >= today:
        return track
    since = max(used or row["started_at"].date(), row["started_at"].date())
    at = Position(step=track.step, is_done=track.verdict == "done", idle_days=_idle_days(since, today, track))
    counted = (await days(tx, [row["ip_id"]], track.decided_on))[row["ip_id"]]
    decision = decide(schedule, track.provider, at, _came_of(counted, track, today), is_held=row["held_at"] is not None)
    return Track(
        provider=track.provider,
        step=decision.step,
        verdict=decision.verdict,
        why=decision.why,
        decided_on=today,
    )


def _idle_days(since: date, today: date, track: Track) -> int:
    """Count days without use; at the first step, there is nothing that could grow cold."""
    return 0 if track.step == 1 else min((today - since).days, IDLE_DAYS)


def _came_of(counted: Sequence[DayCounts], track: Track, today: date) -> Counts:
    """Put together what came of the days under the last decision; of several, the busiest says what was sent."""
    ours = [each.counts for each in counted if each.provider == track.provider and track.decided_on <= each.day < today]
    whole = sum(ours, Counts())
    most = max((each.sent for each in ours), default=0)
    return Counts(most, whole.delivered, whole.deferred, whole.bounced, whole.complained)


def _is_over(tracks: Sequence[Track], used: dict[str, date], today: date) -> bool:
    """Say whether every class that is in use has done the table."""
    in_use = [each for each in tracks if today - used.get(each.provider, date.min) <= _ASKED]
    return bool(in_use) and all(each.verdict == "done" for each in in_use)
