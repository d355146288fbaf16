"""Watch what was passed on: when it comes back, who had written hears of it, and dead addresses are left alone.

The return path of a passed mail is that of its delivery (signed, good for thirty days): it does what the Sender
Rewriting Scheme does, and nothing of the sender has to be believed that comes back with a bounce. Who had written is
kept here, beside the delivery.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused, Unavailable
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes.queries import passed as queries
from control_plane.inbound_routes.queries.passed import PassedRow, Watched
from control_plane.inbound_routes.returned import Failure, report
from control_plane.inbound_routes.service import consent, shape
from control_plane.inbound_routes.service.pass_on import FIRST_LOOK
from control_plane.messages import service as messages

LONGEST = timedelta(days=6)
"""Postfix gives up after five days; what another server had taken comes back within that, too."""
_AT_ONCE = 200
_LONGEST_SECONDS = 40
"""Of one run."""
_LONGER = 3
"""So many times the pause before, so that one mail is looked at some fifteen times."""
_MOST_STEPS = 9
_LONGEST_PAUSE = timedelta(days=1)
_BACK = frozenset({"bounced", "failed", "suppressed"})
_OVER = frozenset({None, "cancelled", "complained"})
_log = structlog.get_logger()


async def watch(db: Database, clock: Clock) -> None:
    """Look at what is due for as long as there is more, and time; the next run goes on."""
    seconds = asyncio.get_running_loop().time
    ends_at = seconds() + _LONGEST_SECONDS
    while await _look(db, clock) == _AT_ONCE and seconds() < ends_at:
        pass


async def _look(db: Database, clock: Clock) -> int:
    """Settle what came back, forget what is old, and look at the rest again later; gives how many were due."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        due = await queries.due(tx.connection, now, _AT_ONCE)
        await queries.forget(tx.connection, *_keys([each for each in due if _is_over(each, now)]))
        rest = [each for each in due if not _is_over(each, now)]
        await queries.look_later(tx.connection, *_keys(rest), [_next_look(each, now) for each in rest])
    for each in rest:
        try:
            await _act(db, clock, each)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 whatever it is, it is looked at again, and the others are not held up
            _log.exception("what was passed on could not be settled", action="inbound_routes.unsettled")
    return len(due)


def _is_over(each: Watched, now: datetime) -> bool:
    return each.status in _OVER or (each.status not in _BACK and now - each.passed_at > LONGEST)


async def _act(db: Database, clock: Clock, each: Watched) -> None:
    if each.status in _BACK:
        await _settle(db, clock, each)
    elif each.status == "delivered" and not each.has_arrived:
        await _note_arrival(db, each)


def _keys(watched: list[Watched]) -> tuple[list[UUID], list[UUID]]:
    return [each.tenant_id for each in watched], [each.delivery_id for each in watched]


def _next_look(each: Watched, now: datetime) -> datetime:
    pause: timedelta = FIRST_LOOK * _LONGER ** min(each.looks, _MOST_STEPS)
    return now + min(pause, _LONGEST_PAUSE)


async def _note_arrival(db: Database, each: Watched) -> None:
    with acting_for(each.tenant_id):
        async with db.tenant_tx() as tx:
            row = await queries.first_arrival(tx.connection, each.delivery_id)
            if row is not None:
                forgave = await consent.arrived(tx, row.target_id, row.passed_at)
                await queries.note_arrival(tx.connection, row.delivery_id, forgave)


async def _settle(db: Database, clock: Clock, each: Watched) -> None:
    with acting_for(each.tenant_id):
        async with db.joined_tx() as tx:
            row = await queries.settle(tx.connection, each.delivery_id)
            if row is None:
                return
            await consent.came_back(tx, row.target_id, row.passed_at, row.forgave)
            if row.sender is not None:
                await _tell(tx, db, clock, row, row.sender)


async def _tell(tx: Transaction, db: Database, clock: Clock, row: PassedRow, sender: str) -> None:
    """Write to who had written, once and at no charge; a report that cannot be sent is let go, as by any server."""
    try:
        own = await shape.owner_of(tx, row.recipient.rpartition("@")[2].lower())
        code = await queries.bounce_code(tx.connection, row.delivery_id)
        failure = Failure(domain=own.name, recipient=row.recipient, sender=sender, code=code, at=clock.now())
        mail = messages.Passed(
            author=failure.author,
            domain=own.name,
            recipient=sender,
            subject="Undelivered mail",
            message_id="",
            above=(),
            raw=report(failure),
        )
        await messages.pass_on(db, clock, mail, is_free=True)
    except Refused as refused:
        _log.info("a report was let go", action="inbound_routes.untold", code=refused.code)
