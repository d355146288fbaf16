"""Mail that waited at Postfix while its mailbox moved: let go soon, not when Postfix next looks at it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable

import msgspec
import structlog

from tenant_agent.clock import Clock
from tenant_agent.drivers.commands import run
from tenant_agent.layout import Layout
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_AT_ONCE = 500
_LONGEST_LINE = 1 << 20
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
        found = [queue_id async for queue_id in _deferred_for(self._layout, addresses)][:_AT_ONCE]
        for queue_id in found:
            await run("postqueue", "-c", str(self._layout.postfix_config), "-i", queue_id)
        # What was being tried while Postfix was reloaded is passed over until somebody has it look at new mail.
        await run("postkick", "-c", str(self._layout.postfix_config), "public", "qmgr", "I")
        if found:
            log.info("waiting_mail.let_go", mailboxes=len(addresses), mails=len(found))


async def _deferred_for(layout: Layout, addresses: Collection[str]) -> AsyncIterator[str]:
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
            if (queue_id := deferred_among(line, addresses)) is not None:
                yield queue_id
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def deferred_among(line: bytes, addresses: Collection[str]) -> str | None:
    """Read a line of postqueue(1): which mail it is, if it is deferred and for one of these."""
    try:
        entry = msgspec.json.decode(line, type=_Entry)
    except msgspec.MsgspecError:
        return None
    is_meant = entry.queue_name == "deferred" and any(each.address in addresses for each in entry.recipients)
    return entry.queue_id if is_meant else None
