"""Plays the other side for deliveries of the sandbox: some at a time, each step and what it tells in one transaction.

What waits is found in the deliveries themselves, as nodes' work is; so it does not matter how it came to wait. Killed
at any point, the next run goes on where this one stopped, and two at a time pass each other's rows over.
"""

from collections.abc import Sequence
from datetime import datetime

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.deliveries import service as deliveries
from control_plane.deliveries.schemas import PlayedEvent
from control_plane.sandbox import told
from control_plane.sandbox.queries import plays as queries
from control_plane.sandbox.queries.plays import Play
from control_plane.sandbox.scripts import script_of

PLAY_JOB = "sandbox.play"
_AT_ONCE = 500
_ROUNDS = 100


async def play(db: Database, clock: Clock) -> int:
    """Begin what waits and go on with what is due, until there is nothing more; gives how many events that made."""
    told_of = 0
    for _ in range(_ROUNDS):  # a sweep goes on where this stops
        async with db.fleet_tx() as tx:
            events = [*await _begin(tx, clock.now()), *await _go_on(tx, clock.now())]
            await deliveries.play(tx, events, clock.now())
        if not events:
            break
        told_of += len(events)
    return told_of


async def _begin(tx: Transaction, now: datetime) -> list[PlayedEvent]:
    """Queue what waits, as a node would."""
    waiting = await deliveries.waiting_to_be_played(tx, _AT_ONCE)
    if waiting:
        plays = [Play(mail, 0, now + script_of(mail.recipient)[0].after) for mail in waiting]
        await queries.begin(tx.connection, plays)
    return [told.queued(mail, now) for mail in waiting]


async def _go_on(tx: Transaction, now: datetime) -> list[PlayedEvent]:
    """Take the next step of each that is due; late ones at the moments when they were."""
    due = await queries.due(tx.connection, now, _AT_ONCE)
    left = [each for each in due if each.step < len(script_of(each.mail.recipient))]  # it may have changed meanwhile
    following = [_next(each) for each in left if each.step + 1 < len(script_of(each.mail.recipient))]
    await _note(tx, due, following)
    return [told.happened(each.mail, script_of(each.mail.recipient), each.step, each.due_at) for each in left]


async def _note(tx: Transaction, due: Sequence[Play], following: Sequence[Play]) -> None:
    if following:
        await queries.go_on(tx.connection, following)
    going_on = {each.mail for each in following}
    over = [each.mail for each in due if each.mail not in going_on]
    if over:
        await queries.end(tx.connection, over)


def _next(play: Play) -> Play:
    step = play.step + 1
    return Play(play.mail, step, play.due_at + script_of(play.mail.recipient)[step].after)
