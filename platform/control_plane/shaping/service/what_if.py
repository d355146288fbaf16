"""Replay a time's attempts against a proposed set, and show the difference to the one in force."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.shaping.merge import merged
from control_plane.shaping.queries import attempts as queries
from control_plane.shaping.replay import Attempt, Replay, Tally
from control_plane.shaping.schemas import Effect, EffectRow, ShapingSet, Slice, WhatIf, WhatIfResult
from control_plane.shaping.service.versions import set_in_force

_LONGEST = timedelta(days=7)
_MOST_ATTEMPTS = 400_000
_SLICES = 24

_running = asyncio.Semaphore(1)
"""It takes the processor for long: one at a time in a process."""


async def what_if(db: Database, clock: Clock, asked: WhatIf, *, most: int = _MOST_ATTEMPTS) -> WhatIfResult:
    """Replay; raises `Invalid` for a set that could not be saved, or a time that makes no sense."""
    proposed, (since, until) = merged(asked.changes), _range(asked, clock.now())
    async with _running:
        return await _replay(db, proposed, since, until, most)


async def _replay(db: Database, proposed: ShapingSet, since: datetime, until: datetime, most: int) -> WhatIfResult:
    async with db.fleet_tx() as tx:
        course = _Course(await set_in_force(tx), proposed, since, until)
        async for batch in queries.batches(tx.connection, since, until, most):
            await asyncio.to_thread(course.take, batch)
    return WhatIfResult(
        since=since,
        until=until,
        attempts=course.attempts,
        complete=course.attempts < most,
        rows=tuple(_rows(course.now, course.proposed)),
        slices=course.slices(),
    )


class _Course:
    """Both sets at work on the same attempts."""

    def __init__(self, now: ShapingSet, proposed: ShapingSet, since: datetime, until: datetime) -> None:
        self.now, self.proposed = Replay(now), Replay(proposed)
        self.attempts = 0
        self._since, self._share = since, (until - since) / _SLICES
        self._counts = [[0, 0, 0] for _ in range(_SLICES)]

    def take(self, batch: Sequence[asyncpg.Record]) -> None:
        """Feed both some attempts."""
        self.attempts += len(batch)
        for row in batch:
            attempt = _attempt(row)
            counts = self._counts[self._slice_of(attempt.at_ms)]
            counts[0] += 1
            counts[1] += self.now.attempt(attempt)
            counts[2] += self.proposed.attempt(attempt)

    def slices(self) -> tuple[Slice, ...]:
        """Give what happened in each part of the time."""
        return tuple(
            Slice(
                start=self._since + index * self._share, attempts=counts[0], held_now=counts[1], held_proposed=counts[2]
            )
            for index, counts in enumerate(self._counts)
        )

    def _slice_of(self, at_ms: int) -> int:
        passed = (at_ms - self._since.timestamp() * 1000) / (self._share.total_seconds() * 1000)
        return min(max(int(passed), 0), _SLICES - 1)


def _attempt(row: asyncpg.Record) -> Attempt:
    relay: str | None = row["relay"]
    return Attempt(
        at_ms=row["at_ms"],
        source_ip=row["source_ip"],
        domain=row["domain"],
        mail_host=relay.partition("[")[0] or None if relay else None,
        provider=row["provider"] or "",
        delivered=row["delivered"],
        dsn=row["dsn"],
        reply=row["reply"],
    )


def _rows(now: Replay, proposed: Replay) -> list[EffectRow]:
    """Put both effects of each class and rule side by side, the largest first."""
    keys = sorted({*now.tallies, *proposed.tallies})
    rows = [
        EffectRow(
            provider=provider,
            rule=rule,
            now=_effect(now.tallies.get((provider, rule))),
            proposed=_effect(proposed.tallies.get((provider, rule))),
        )
        for provider, rule in keys
    ]
    return sorted(rows, key=lambda row: -max(_held(row.now), _held(row.proposed)))


def _held(effect: Effect) -> int:
    return effect.suspended + effect.slowed + effect.bounced + effect.fired


def _effect(tally: Tally | None) -> Effect:
    if tally is None:
        return Effect()
    return Effect(
        fired=tally.fired,
        suspended=tally.suspended,
        slowed=tally.slowed,
        bounced=tally.bounced,
        first_at=_moment(tally.first_ms),
        last_at=_moment(tally.last_ms),
    )


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def _range(asked: WhatIf, now: datetime) -> tuple[datetime, datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=1) if asked.since is None else in_utc(asked.since)
    if since >= now:
        raise Invalid(errors=(FieldError("since", "Nothing has happened yet then: name a time that has passed."),))
    until = min(since + timedelta(days=1), now) if asked.until is None else in_utc(asked.until)
    if not timedelta(0) < until - since <= _LONGEST:
        raise Invalid(errors=(FieldError("until", f"Ask for at most {_LONGEST.days} days, and since before until."),))
    return since, until
