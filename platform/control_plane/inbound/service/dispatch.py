"""Giving a stored mail to the handler that wants it, again and again until it is taken or nothing can be made of it.

A claim counts the attempt and puts the next one off before anything is looked at: a mail that kills the process is
tried a few times, further and further apart, and then refused like any other that nobody can read.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.turns import Turns
from control_plane.inbound import queries
from control_plane.inbound.schemas import Handler, Mail, NotYet, Taken

DISPATCH_JOB = "inbound.dispatch"

_MOST_ATTEMPTS = 8  # some eleven hours
_MOST_AT_ONCE = 4  # each holds a mail in memory, and what is unpacked out of it
_TRIGGERED_AT_ONCE = 100
_LONGEST_PROBLEM = 1000
_UNREADABLE = "It could not be read in several attempts."
_NOBODYS = "Nobody takes mail for this address."

_turns: Turns[str] = Turns(_MOST_AT_ONCE)
_log = structlog.get_logger()


async def dispatch(runtime: Runtime, handlers: Sequence[Handler], mail_id: UUID) -> None:
    """Give one mail to its handler, if it is due."""
    async with _turns.take("mail"):
        mail = await _claimed(runtime, mail_id)
        if mail is not None:
            await _hand_over(runtime, handlers, mail)


async def trigger_due(db: Database, clock: Clock) -> None:
    """Trigger `inbound.dispatch` for mails that are due."""
    async with db.fleet_tx() as tx:
        for mail_id in await queries.due(tx, clock.now(), _TRIGGERED_AT_ONCE):
            tx.outbox.trigger(DISPATCH_JOB, str(mail_id))


async def _claimed(runtime: Runtime, mail_id: UUID) -> Mail | None:
    async with runtime.db.fleet_tx() as tx:
        row = await queries.claim(tx, mail_id, runtime.clock.now())
        if row is not None and row["attempts"] > _MOST_ATTEMPTS:
            await queries.settle(tx, mail_id, "refused", None, row["problem"] or _UNREADABLE, runtime.clock.now())
            return None
    return None if row is None else _mail(row)


async def _hand_over(runtime: Runtime, handlers: Sequence[Handler], mail: Mail) -> None:
    try:
        taken = await _take(runtime, handlers, mail)
    except NotYet as early:
        async with runtime.db.fleet_tx() as tx:
            await queries.put_off(tx, mail.id, early.until)
        return
    except Exception as error:  # noqa: BLE001 whatever it is, the mail is kept and tried again
        _log.exception("a mail could not be taken in", action="inbound.failed", mail_id=str(mail.id))
        async with runtime.db.fleet_tx() as tx:
            await queries.note_problem(tx, mail.id, _storable(f"{type(error).__name__}: it is tried again."))
        return
    async with runtime.db.fleet_tx() as tx:
        status = "done" if taken.refused is None else "refused"
        problem = None if taken.refused is None else _storable(taken.refused)
        await queries.settle(tx, mail.id, status, taken.tenant_id, problem, runtime.clock.now())


async def _take(runtime: Runtime, handlers: Sequence[Handler], mail: Mail) -> Taken:
    for handler in handlers:
        if await handler.wants(runtime, mail.recipient):
            return await handler.take(runtime, mail)
    return Taken(refused=_NOBODYS)


def _mail(row: asyncpg.Record) -> Mail:
    return Mail(
        id=row["id"],
        recipient=row["recipient"],
        sender=row["sender"],
        client=row["client"],
        received_at=row["received_at"],
        raw=row["raw"],
    )


def _storable(text: str) -> str:
    return text[:_LONGEST_PROBLEM].replace("\0", "\N{REPLACEMENT CHARACTER}")
