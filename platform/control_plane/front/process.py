"""The front's process: HAProxy at once, from what lies on disk; the database when it is there."""

import asyncio
import grp
import os
import pwd
from urllib.parse import urlsplit

import structlog

from control_plane.core.clock import SystemClock
from control_plane.core.engine import Engine
from control_plane.core.runtime import open_runtime
from control_plane.front.configuration import Rights
from control_plane.front.follow import SIGNAL, follow, supervise
from control_plane.front.keeper import Keeper
from control_plane.front.layout import Layout
from control_plane.front.options import FrontOptions
from control_plane.front.source import from_database
from control_plane.settings import Settings

_PAUSE_SECONDS = 3

_log = structlog.get_logger()


async def run(options: FrontOptions, settings: Settings, engine: Engine, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    keeper = Keeper(options, Layout(options.home), rights(options))
    host, clock = own_host(settings), SystemClock()
    try:
        await keeper.start(host, clock.now())
        _log.info("the front serves", action="front.serves", http=options.http, https=options.https)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(supervise(keeper)), group.create_task(_keep_up(keeper, settings, engine))]
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        await keeper.haproxy.stop()


async def _keep_up(keeper: Keeper, settings: Settings, engine: Engine) -> None:
    """Follow the database; while it is away, the front serves what it has."""
    host, clock = own_host(settings), SystemClock()
    while True:
        try:
            async with open_runtime(settings, engine) as runtime, runtime.signals.listen(SIGNAL) as signals:
                await follow(keeper, from_database(runtime), signals, host, clock)
        except Exception as error:  # noqa: BLE001 whatever it is, the front goes on
            _log.warning("the front waits for the database", action="front.no_database", error=repr(error))
        await asyncio.sleep(_PAUSE_SECONDS)


def own_host(settings: Settings) -> str:
    """Give the installation's own host name."""
    return urlsplit(settings.public_url).hostname or ""


def rights(options: FrontOptions) -> Rights | None:
    """Give whom HAProxy becomes: nobody else unless it begins as root; raises `KeyError` if there is no such user."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam(options.user)
    return Rights(user.pw_name, grp.getgrgid(user.pw_gid).gr_name)
