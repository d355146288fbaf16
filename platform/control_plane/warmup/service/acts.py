"""What operators do with a warm-up: begin it, hold it, let it go on, step back, finish it, give it another table."""

from collections.abc import Callable
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import NodeId, encode
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.warmup.errors import WarmupOver
from control_plane.warmup.presets import DEFAULT, PRESETS
from control_plane.warmup.queries import warmups as queries
from control_plane.warmup.schemas import Schedule, Track, Warmup, WarmupChange
from control_plane.warmup.service.publish import item_of, publish
from control_plane.warmup.service.read import PREFIX, get, schedule_of, tracks_of
from control_plane.warmup.service.turn import finish as finish_row
from control_plane.warmup.service.turn import store
from tenant_agent import wire


async def begin(tx: Transaction, clock: Clock, ip_id: UUID, *, why: str, schedule: Schedule | None = None) -> None:
    """Begin at the first step, anew if there was a warm-up; raises `NotFound` (fleet role, the address locked)."""
    place, now = await queries.place_of(tx.connection, ip_id), clock.now()
    if place is None:
        raise NotFound
    table = schedule or PRESETS[DEFAULT]
    await queries.begin(tx.connection, ip_id, msgspec.json.encode(table).decode(), why, now)
    tracks = [_new_track(provider, clock) for provider in table.shares]
    await store(tx, ip_id, table, tracks, now.date())
    if place["status"] == "warming":
        await publish(tx, NodeId(place["node_id"]), ip_id, item_of(ip_id, place["address"], table, tracks))
    audit.record_for_fleet(tx, "warmup.begin", encode(PREFIX, ip_id), after={"schedule": table.name, "why": why})


async def change(
    tx: Transaction, clock: Clock, ip_id: UUID, wanted: WarmupChange, if_match: str | None = None
) -> Warmup:
    """Give a warm-up another table; raises `NotFound`, `Invalid`, `WarmupOver`, `PreconditionFailed` (fleet role)."""
    row, table = await _locked(tx, ip_id), _table(wanted)
    etag.check(if_match, await get(tx, clock, ip_id))
    await queries.set_schedule(tx.connection, ip_id, msgspec.json.encode(table).decode())
    known = {each.provider: each for each in (await tracks_of(tx, [ip_id]))[ip_id]}
    tracks = [_within(known.get(provider) or _new_track(provider, clock), table, clock) for provider in table.shares]
    await _put(tx, clock, row, table, tracks)
    audit.record_for_fleet(
        tx,
        "warmup.change",
        encode(PREFIX, ip_id),
        before={"schedule": msgspec.to_builtins(schedule_of(row))},
        after={"schedule": msgspec.to_builtins(table)},
    )
    return await get(tx, clock, ip_id)


async def hold(tx: Transaction, clock: Clock, ip_id: UUID) -> Warmup:
    """Let nothing climb until it is let go on; raises `NotFound`, `WarmupOver` (fleet role)."""
    await _locked(tx, ip_id)
    await queries.set_held(tx.connection, ip_id, clock.now())
    audit.record_for_fleet(tx, "warmup.hold", encode(PREFIX, ip_id))
    return await get(tx, clock, ip_id)


async def resume(tx: Transaction, clock: Clock, ip_id: UUID) -> Warmup:
    """Let a held warm-up go on with the next day; raises `NotFound`, `WarmupOver` (fleet role)."""
    await _locked(tx, ip_id)
    await queries.set_held(tx.connection, ip_id, None)
    audit.record_for_fleet(tx, "warmup.resume", encode(PREFIX, ip_id))
    return await get(tx, clock, ip_id)


async def step_back(tx: Transaction, clock: Clock, ip_id: UUID, provider: str | None = None) -> Warmup:
    """Go one step back at once, at one class or all; raises `NotFound`, `Invalid`, `WarmupOver` (fleet role)."""
    row = await _locked(tx, ip_id)
    tracks = (await tracks_of(tx, [ip_id]))[ip_id]
    if provider is not None and provider not in {each.provider for each in tracks}:
        raise Invalid(errors=(FieldError("provider", "This warm-up has no such class."),))

    def back(track: Track) -> Track:
        if provider not in (None, track.provider):
            return track
        return msgspec.structs.replace(
            track, step=max(track.step - 1, 1), verdict="step_back", why="taken back by an operator"
        )

    await _put(tx, clock, row, schedule_of(row), [back(each) for each in tracks])
    audit.record_for_fleet(tx, "warmup.step_back", encode(PREFIX, ip_id), after={"provider": provider or "all"})
    return await get(tx, clock, ip_id)


async def finish(tx: Transaction, clock: Clock, ip_id: UUID) -> Warmup:
    """End a warm-up at once: the address is active; raises `NotFound`, `WarmupOver` (fleet role)."""
    row = await _locked(tx, ip_id)
    await finish_row(tx, clock, row, why="an operator ended its warm-up")
    audit.record_for_fleet(tx, "warmup.finish", encode(PREFIX, ip_id))
    return await get(tx, clock, ip_id)


async def _locked(tx: Transaction, ip_id: UUID) -> asyncpg.Record:
    """Lock the address, then its warm-up, in the order in which all lock them."""
    await queries.place_of(tx.connection, ip_id)
    row = await queries.find(tx.connection, ip_id, lock=True)
    if row is None:
        raise NotFound
    if row["finished_at"] is not None:
        raise WarmupOver
    return row


async def _put(tx: Transaction, clock: Clock, row: asyncpg.Record, table: Schedule, tracks: list[Track]) -> None:
    """Store where classes are now, and tell the node."""
    await store(tx, row["ip_id"], table, tracks, clock.now().date())
    if row["status"] == "warming":
        item = item_of(row["ip_id"], row["address"], table, tracks)
        await publish(tx, NodeId(row["node_id"]), row["ip_id"], item)


def _table(wanted: WarmupChange) -> Schedule:
    if (wanted.preset is None) == (wanted.schedule is None):
        raise Invalid(errors=(FieldError("schedule", "Name a preset, or give a table of your own: one of them."),))
    if wanted.schedule is None:
        assert wanted.preset is not None
        return PRESETS[wanted.preset]
    errors = tuple(_faults(wanted.schedule))
    if errors:
        raise Invalid(errors=errors)
    return wanted.schedule


def _faults(schedule: Schedule) -> list[FieldError]:
    checks: tuple[tuple[Callable[[], bool], str, str], ...] = (
        (lambda: is_one_line(schedule.name), "schedule.name", NOT_ONE_LINE),
        (lambda: wire.GENERIC in schedule.shares, "schedule.shares", "Say what `generic` gets: all other providers."),
    )
    errors = [FieldError(path, message) for holds, path, message in checks if not holds()]
    for index, step in enumerate(schedule.steps):
        if step.per_hour > step.per_day:
            errors.append(FieldError(f"schedule.steps[{index}].per_hour", "This is more than the day may bring."))
    return errors


def _new_track(provider: str, clock: Clock) -> Track:
    return Track(provider=provider, step=1, verdict="begin", why="", decided_on=clock.now().date())


def _within(track: Track, table: Schedule, clock: Clock) -> Track:
    """Keep a class at its step, as far as the new table goes."""
    step = min(track.step, len(table.steps))
    verdict = "wait" if track.verdict == "done" else track.verdict
    return msgspec.structs.replace(track, step=step, verdict=verdict, decided_on=clock.now().date())
