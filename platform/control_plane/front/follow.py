"""Follows what certificates there are: at a signal, and now and then without one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from control_plane.core.clock import Clock
from control_plane.core.errors import Unavailable
from control_plane.core.valkey import Listener
from control_plane.front.certificates import FrontCertificate, Unservable
from control_plane.front.haproxy import NotServing
from control_plane.front.keeper import Keeper, NoConfiguration
from control_plane.front.runtime_api import Refused

SIGNAL = "certificates"
"""The channel that tells of new certificates."""

_LOOK_SECONDS = 30.0
_PAUSES_SECONDS = (0.2, 1.0, 5.0, 15.0)

_log = structlog.get_logger()

Source: TypeAlias = Callable[[], Awaitable[Sequence[FrontCertificate]]]
"""Gives all certificates that are to be served."""


async def follow(
    keeper: Keeper, source: Source, signals: Listener, host: str, clock: Clock, look_seconds: float = _LOOK_SECONDS
) -> None:
    """Keep up for ever; what goes wrong is logged, and the next look is another."""
    while True:
        signals.drain()
        try:
            await keeper.keep_default(host, clock.now())
            await keeper.keep(await source())
        except Unavailable as error:
            _log.warning("the front goes on with what it has", action="front.waits", error=error.detail)
        except (OSError, Unservable, Refused, NotServing, NoConfiguration) as error:
            _log.error("certificates were not brought in", action="front.not_brought_in", error=repr(error))
        await signals.next(look_seconds)


async def supervise(keeper: Keeper) -> None:
    """Start HAProxy again whenever it ends, at once and then more slowly."""
    failures = 0
    while True:
        status = await keeper.haproxy.ended()
        pause = _PAUSES_SECONDS[min(failures, len(_PAUSES_SECONDS) - 1)]
        _log.error("HAProxy has ended and is started again", action="front.ended", status=status, pause_seconds=pause)
        await asyncio.sleep(pause)
        try:
            await keeper.restart()
            failures = 0
        except NotServing:
            failures += 1
