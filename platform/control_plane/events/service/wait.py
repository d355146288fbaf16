"""Wait for the next events, until they are there or the time is up."""

import asyncio
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns
from control_plane.core.valkey import Signals
from control_plane.events import channels
from control_plane.events.schemas import EventPage
from control_plane.events.service.read import Wanted, read

_AT_ONCE_PER_TENANT = 10
"""Who has more waiting in one process is answered at once."""
_LOOK_SECONDS = 1.0
_LOOK_SOON_SECONDS = 0.1
"""After a signal: another transaction that was open then may hold an event back for a moment."""
_SOON = 5

_turns: Turns[UUID] = Turns(_AT_ONCE_PER_TENANT)


async def wait(db: Database, signals: Signals, clock: Clock, wanted: Wanted, seconds: float) -> EventPage:
    """Give the next events as soon as there are any; an empty page when the time is up. Raises as `read` does."""
    page = await read(db, clock, wanted)
    if _has_news(page) or seconds <= 0 or not _turns.is_free(bound_tenant()):
        return page
    async with _turns.take(bound_tenant()):
        return await _wait(db, signals, clock, msgspec.structs.replace(wanted, after=page.next), seconds)


async def _wait(db: Database, signals: Signals, clock: Clock, wanted: Wanted, seconds: float) -> EventPage:
    loop = asyncio.get_running_loop()
    until, soon = loop.time() + seconds, 0
    async with signals.listen(channels.of_tenant(bound_tenant())) as listener:
        while True:
            page = await read(db, clock, wanted)
            left = until - loop.time()
            if _has_news(page) or left <= 0:
                return page
            wanted = msgspec.structs.replace(wanted, after=page.next)
            heard = await listener.next(min(left, _LOOK_SOON_SECONDS if soon else _LOOK_SECONDS))
            soon = _SOON if heard is not None else max(soon - 1, 0)


def _has_news(page: EventPage) -> bool:
    return bool(page.data) or page.more
