"""Looks at the node now and then, and puts what it saw into every heartbeat."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.layout import Layout
from tenant_agent.vitals import deferred, held, scanner

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 60.0
_SAME_FOR_MS = 10 * 60_000
"""So long a listing is good while the number of deferred mails stays."""
_SHARE = 30
"""A listing is followed by a pause of so many times what it took."""
_CERTIFICATES_FOR_MS = 30 * 60_000

List = Callable[[int], deferred.Listing]


def any_provider(domain: str) -> str:
    """Know no provider classes."""
    del domain
    return ""


class Observer:
    """What was seen last."""

    def __init__(
        self,
        layout: Layout,
        clock: Clock,
        *,
        errors: Callable[[], tuple[str, ...]] = tuple,
        provider_of: Callable[[str], str] = any_provider,
        list_deferred: List = deferred.listing,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._layout = layout
        self._clock = clock
        self._errors = errors
        self._provider_of = provider_of
        self._list = list_deferred
        self._sleep = sleep
        self._deferred = 0
        self._listed: tuple[int, int] | None = None
        self._not_before_ms = 0
        self._groups: tuple[wire.QueueGroup, ...] = ()
        self._rspamd: dict[str, int] = {}
        self._certificates: dict[str, int] = {}
        self._certificates_at_ms: int | None = None

    async def run(self) -> None:
        """Look every minute, for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever hinders looking must not end the agent
                log.warning("vitals.missed", reason=str(error))
            await self._sleep(_LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Look once; what has not changed is not looked up again."""
        await self._look_at_queue()
        self._rspamd = await asyncio.to_thread(scanner.counters, self._layout.ports.scanner_controller)
        now_ms = self._clock.now_ms()
        if self._certificates_at_ms is None or now_ms - self._certificates_at_ms >= _CERTIFICATES_FOR_MS:
            self._certificates = await asyncio.to_thread(held.certificates, self._layout.state_database, now_ms)
            self._certificates_at_ms = now_ms

    def add(self, beat: wire.Heartbeat) -> wire.Heartbeat:
        """Put what was seen last into a beat; the beat's own count says whether the queue is to be listed again."""
        self._deferred = beat.queue.get("deferred", 0)
        return msgspec.structs.replace(
            beat,
            destinations=self._classed() if self._deferred else (),
            rspamd=self._rspamd,
            certificates=self._certificates,
            errors=self._errors(),
        )

    def _classed(self) -> tuple[wire.QueueGroup, ...]:
        """Name each destination's class as it is known now: looking it up belongs into the agent's own loop."""
        return tuple(
            group
            if group.domain == deferred.ELSEWHERE
            else wire.QueueGroup(group.domain, self._provider_of(group.domain), group.by_age)
            for group in self._groups
        )

    async def _look_at_queue(self) -> None:
        now_ms = self._clock.now_ms()
        if not self._is_to_be_listed(now_ms):
            return
        count = self._deferred
        self._groups, _ = await asyncio.to_thread(self._list, now_ms)
        self._listed = (count, now_ms)
        self._not_before_ms = now_ms + _SHARE * (self._clock.now_ms() - now_ms)

    def _is_to_be_listed(self, now_ms: int) -> bool:
        if not self._deferred or now_ms < self._not_before_ms:
            return False
        return self._listed is None or self._listed[0] != self._deferred or now_ms - self._listed[1] >= _SAME_FOR_MS
