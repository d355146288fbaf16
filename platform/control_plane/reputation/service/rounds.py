"""Look up what is due, write down how it stands, and act on what that means for an address."""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import new_uuid
from control_plane.ip_pools.service import shelter
from control_plane.reputation import pace
from control_plane.reputation.lists import BY_NAME
from control_plane.reputation.queries import standings, subjects
from control_plane.reputation.queries.subjects import SubjectRow
from control_plane.reputation.reading import Reading
from control_plane.reputation.service.scan import Scanner
from control_plane.reputation.standing import News, Standing, State, first, following, news

_AT_ONCE = 20
_UNDER_WAY = timedelta(minutes=5)
_ADDED_AT_ONCE = 1000
_CHANGES_KEPT = timedelta(days=365)

_log = structlog.get_logger()


class Means(msgspec.Struct, frozen=True):
    """What a round works with."""

    db: Database
    scanner: Scanner
    clock: Clock
    chance: Callable[[], float] = random.random


async def take_stock(means: Means) -> None:
    """Begin to look up what is new, and stop with what is not ours any more."""
    now = means.clock.now()
    async with means.db.fleet_tx() as tx:
        await subjects.forget(tx.connection, now, _ADDED_AT_ONCE)
        rows = await subjects.missing(tx.connection, now, _ADDED_AT_ONCE)
        if rows:
            looks = [pace.first_look(row.what, now, means.chance()) for row in rows]
            await subjects.add(tx.connection, rows, looks)


async def look_up_due(means: Means) -> int:
    """Look up what is due, some at a time; gives how many."""
    async with means.db.fleet_tx() as tx:
        due = await subjects.claim(tx.connection, means.clock.now(), _UNDER_WAY, _AT_ONCE)
    await asyncio.gather(*(look_up(means, row) for row in due))
    return len(due)


async def look_up(means: Means, row: SubjectRow) -> None:
    """Look something up, and write down and act on what was found."""
    found = await means.scanner.look(row.what, row.subject)
    now = means.clock.now()
    async with means.db.fleet_tx() as tx:
        before = await standings.lock(tx.connection, row.subject)
        if before is None:
            return
        after = {name: _next(before.get(name), reading, means.clock) for name, reading in found.items()}
        await standings.save(tx.connection, row, after)
        await _tell(tx, means.clock, row, before, after)
        states: list[State] = [each.state for each in after.values()]
        following_look = pace.next_look(row.what, states, now, means.chance())
        await subjects.settle(tx.connection, row.subject, now, following_look)


async def forget_old(db: Database, clock: Clock) -> None:
    """Delete changes that are older than a year."""
    async with db.fleet_tx() as tx:
        await standings.forget_changes(tx.connection, clock.now() - _CHANGES_KEPT, _ADDED_AT_ONCE)


def _next(before: Standing | None, reading: Reading, clock: Clock) -> Standing:
    now = clock.now()
    return first(reading, now) if before is None else following(before, reading, now)


async def _tell(
    tx: Transaction, clock: Clock, row: SubjectRow, before: Mapping[str, Standing], after: Mapping[str, Standing]
) -> None:
    for name, standing in after.items():
        was = before.get(name)
        if standing.state != "unknown" and (was.state if was else "clean") not in (standing.state, "unknown"):
            await standings.add_change(tx.connection, new_uuid(), row, name, standing)
        happened = news(was, standing)
        if happened is None:
            continue
        _log.warning("a blocklist’s word changed", action=f"reputation.{happened}", subject=row.subject, list=name)
        if row.what == "ip":
            await _act(tx, clock, row, happened, name, after)


async def _act(
    tx: Transaction, clock: Clock, row: SubjectRow, happened: News, name: str, after: Mapping[str, Standing]
) -> None:
    title, standing = BY_NAME[name].title if name in BY_NAME else name, after[name]
    if happened == "cleared":
        on_others = any(each.state == "listed" and each.severity == "quarantine" for each in after.values())
        await shelter.cleared(tx, row.subject, clock, by=title, on_others=on_others)
        return
    others = await standings.severely_listed(tx.connection) - {row.subject}
    severe = standing.severity == "quarantine"
    outcome = await shelter.listed(tx, row.subject, clock, by=title, severe=severe, others_listed=others)
    if outcome is not None and severe and not outcome.quarantine:
        _log.error("a listed address goes on sending", action="reputation.not_quarantined", address=row.subject,
                   list=name, why=outcome.why)  # fmt: skip
