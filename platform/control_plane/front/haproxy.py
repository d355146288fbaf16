"""The HAProxy process: a master that keeps the sockets, and a worker that serves; started, asked, reloaded, ended."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from control_plane.front.layout import Layout
from control_plane.front.runtime_api import RuntimeApi

_CHECK_SECONDS = 60
_READY_SECONDS = 30
_LOOK_SECONDS = 0.05
_END_SECONDS = 5

_ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")
"""Else one that is left over from a killed front would keep the ports."""


class NotServing(Exception):
    """HAProxy does not answer in time: its own log lines say why."""


class Haproxy:
    """One master process; its worker is replaced by a reload, while the old one ends what it has begun."""

    def __init__(self, layout: Layout, api: RuntimeApi) -> None:
        self._layout = layout
        self._api = api
        self._process: Process | None = None

    async def check(self, configuration: Path) -> str:
        """Ask HAProxy about a configuration with all its certificates; gives what is wrong, or nothing."""
        process = await asyncio.create_subprocess_exec(
            "haproxy", "-c", "-f", str(configuration), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                _, said = await process.communicate()
        except TimeoutError:
            process.kill()
            return "it could not be checked in time"
        return "" if process.returncode == 0 else said.decode(errors="replace").strip() or "it is not valid"

    async def start(self) -> None:
        """Start the master and wait until a worker serves; raises `NotServing`."""
        self._layout.runtime.unlink(missing_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *_ENDS_WITH_US, "haproxy", "-W", "-db", "-f", str(self._layout.configuration), stdin=DEVNULL
        )
        await self._serving(before=None)

    async def reload(self) -> None:
        """Let a new worker take over and wait until it has; the old one ends its sessions. Raises `NotServing`."""
        assert self._process is not None, "HAProxy was not started"
        try:
            before = await self._api.pid()
        except OSError:
            before = None
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR2)
        await self._serving(before=before)

    async def ended(self) -> int:
        """Wait until the master ends, which it does not by itself; gives its status."""
        assert self._process is not None, "HAProxy was not started"
        return await self._process.wait()

    async def stop(self) -> None:
        """End all of it, politely and then by force."""
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _serving(self, *, before: int | None) -> None:
        assert self._process is not None
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while self._process.returncode is None:
                    with suppress(OSError):
                        if await self._api.pid() != before:
                            return
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            pass
        raise NotServing
