"""Tell the name server what has changed: one writer at a time, so that what was wished for last is what is there.

A change that another transaction commits while a batch is on its way has its own trigger; whoever finds the lock taken
may go, because the holder looks once more after letting it go.
"""

from collections.abc import Sequence

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.dns_zone import queries
from control_plane.dns_zone.errors import UpdateRefused, ZoneError
from control_plane.dns_zone.names import absolute
from control_plane.dns_zone.queries import Change, Wish
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.dns_zone.server import MOST_AT_ONCE, ZoneServer

_log = structlog.get_logger()


async def write_due(db: Database, clock: Clock, server: ZoneServer) -> None:
    """Tell the server everything that is due; what it does not take waits for the next time, ever longer."""
    going_on = True
    while going_on:
        async with db.fleet_tx() as tx:
            going_on = await queries.has_due(tx.connection, clock.now()) and await _write_some(tx, clock, server)


async def hasten(db: Database, clock: Clock) -> None:
    """Let everything that was put off be tried now."""
    async with db.fleet_tx() as tx:
        await queries.hasten(tx.connection, clock.now())


async def waiting(db: Database) -> int:
    """Count the record sets that the server has yet to be told of."""
    async with db.fleet_tx() as tx:
        return await queries.waiting(tx.connection)


def to_record(wish: Wish, zone: str) -> ZoneRecord:
    """Give a wish as a record set with its absolute name."""
    return ZoneRecord(name=absolute(wish.name, zone), type=wish.type, values=wish.content, ttl_seconds=wish.ttl_seconds)


async def _write_some(tx: Transaction, clock: Clock, server: ZoneServer) -> bool:
    """Write one batch; says whether there may be more to do here."""
    if not await queries.is_only_writer(tx.connection):
        return False
    changes = await queries.due(tx.connection, clock.now(), MOST_AT_ONCE)
    refused = await _tell(server, changes)
    await queries.done(tx.connection, [change for change in changes if change not in refused])
    await queries.postpone(tx.connection, refused, clock.now())
    return len(refused) < len(changes)


async def _tell(server: ZoneServer, changes: Sequence[Change]) -> Sequence[Change]:
    """Tell the server, and give what it did not take; records that it will not have hold up no others."""
    try:
        await server.write([to_record(change.wish, server.zone) for change in changes])
    except UpdateRefused as error:
        if len(changes) > 1:
            return [change for change in changes if await _tell(server, [change])]
        _say(error, changes)
        return changes
    except ZoneError as error:
        _say(error, changes)
        return changes
    return []


def _say(error: ZoneError, changes: Sequence[Change]) -> None:
    _log.warning(
        "the zone could not be written; nothing is lost, it is tried again",
        action="dns_zone.unwritten",
        error=str(error),
        records=len(changes),
        first=changes[0].wish.name,
    )
