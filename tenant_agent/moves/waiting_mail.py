"""Mail that waited at Postfix while its mailbox moved: let go soon, not when Postfix next looks at it."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from tenant_agent.clock import Clock
from tenant_agent.drivers.commands import run
from tenant_agent.layout import Layout
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_AT_ONCE = 500
_LONGEST_LINE = 1 << 20
_WAITING = ("deferred", "incoming")
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,64}")
AFTER_SECONDS = (2.0, 14.0)
"""Postfix is reloaded first, for its queue manager remembers the last address that it asked the way to. A reload may
wait for the one before it, and what was being tried when the way changed is deferred only after that: so, twice."""
_TOGETHER_SECONDS = 1.0
"""What is due so soon is looked for in one go."""


class _Recipient(msgspec.Struct, frozen=True):
    address: str


class _Entry(msgspec.Struct, frozen=True):
    queue_name: str
    queue_id: str
    recipients: tuple[_Recipient, ...] = ()


class Waiting(msgspec.Struct, frozen=True):
    """A mail in one of Postfix's queues."""

    queue_name: str
    queue_id: str


class WaitingMail:
    """Has Postfix try again what is deferred for mailboxes to which there is another way now."""

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock
        self._due: list[tuple[float, str]] = []
        self._told = asyncio.Event()

    def may_go(self, addresses: Iterable[str]) -> None:
        """Let the mail of these go, as soon as Postfix knows of the way."""
        now = self._clock.monotonic()
        self._due += [(now + seconds, address) for address in addresses for seconds in AFTER_SECONDS]
        self._told.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._rest()
            horizon = self._clock.monotonic() + _TOGETHER_SECONDS
            now_due = {address for moment, address in self._due if moment <= horizon}
            self._due = [entry for entry in self._due if entry[0] > horizon]
            if now_due:
                await self._let_go(now_due)

    async def _rest(self) -> None:
        """Wait for the next moment; with nothing due, for somebody to say so."""
        self._told.clear()
        if self._due:
            await within(max(0.0, min(self._due)[0] - self._clock.monotonic()), self._told)
        else:
            await self._told.wait()

    async def _let_go(self, addresses: Collection[str]) -> None:
        found = [waiting async for waiting in _waiting_for(self._layout, addresses)][:_AT_ONCE]
        for waiting in found:
            if waiting.queue_name == "deferred":
                await run("postqueue", "-c", str(self._layout.postfix_config), "-i", waiting.queue_id)
            else:
                hurry(self._layout.postfix_queue / waiting.queue_name / waiting.queue_id)
        # What was being tried while Postfix was reloaded is passed over until somebody has it look at new mail.
        await run("postkick", "-c", str(self._layout.postfix_config), "public", "qmgr", "I")
        if found:
            log.info("waiting_mail.let_go", mailboxes=len(addresses), mails=len(found))


def hurry(queued: Path) -> None:
    """Have a mail's time be now: what was being tried at a reload, Postfix puts off by a minute as if it were new."""
    with suppress(FileNotFoundError):  # it is being tried by now
        os.utime(queued)


async def _waiting_for(layout: Layout, addresses: Collection[str]) -> AsyncIterator[Waiting]:
    process = await asyncio.create_subprocess_exec(
        "postqueue",
        "-c",
        str(layout.postfix_config),
        "-j",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LONGEST_LINE,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if (waiting := waiting_among(line, addresses)) is not None:
                yield waiting
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def waiting_among(line: bytes, addresses: Collection[str]) -> Waiting | None:
    """Read a line of postqueue(1): which mail it is, if it waits and is for one of these."""
    try:
        entry = msgspec.json.decode(line, type=_Entry)
    except msgspec.MsgspecError:
        return None
    is_meant = entry.queue_name in _WAITING and any(each.address in addresses for each in entry.recipients)
    return Waiting(entry.queue_name, entry.queue_id) if is_meant and _QUEUE_ID.fullmatch(entry.queue_id) else None
