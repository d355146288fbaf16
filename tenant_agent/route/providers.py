"""Whose servers a recipient's domain has: asked of DNS in the background, remembered, and never waited for for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import dns.asyncresolver
import dns.exception
import dns.resolver
import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock

log = structlog.get_logger(__name__)

_SHORTEST_SECONDS, _LONGEST_SECONDS = 300.0, 6 * 3600.0
_UNKNOWN_SECONDS = 30.0
"""After a resolver that failed: mail goes as to any other provider meanwhile."""
_PATIENCE_SECONDS = 2.0
"""For so long mail waits to hear whose servers a domain has."""
_LOOKUP_SECONDS = 10.0
_MOST_AT_ONCE = 200
_MOST_ASKED = 2_000
"""Who chooses recipients chooses whose DNS is asked, and how slow that is: with more, mail goes as to any other."""
_MOST_KEPT = 50_000
_MOST_HOSTS = 10
"""Of a domain; the first ones are tried first."""


class Hosts(msgspec.Struct, frozen=True):
    """A domain's mail hosts in the order in which they are tried, and for how long that may be remembered."""

    names: tuple[str, ...]
    ttl_seconds: float


class Unanswered(Exception):
    """DNS gave no answer, not even that there is none."""


LookUp = Callable[[str], Awaitable[Hosts]]
"""Gives a domain's mail hosts; raises `Unanswered`."""


class _Known(msgspec.Struct, frozen=True):
    hosts: tuple[str, ...]
    until: float


class Providers:
    """Remembers mail hosts by domain, the most recently used ones; classes are found anew, for they may change."""

    def __init__(self, look_up: LookUp, clock: Clock) -> None:
        self._look_up = look_up
        self._clock = clock
        self._classes = wire.Classes(())
        self._by_hosts = False
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asked: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_MOST_AT_ONCE)

    def set_shaping(self, shaping: wire.ShapingItem) -> None:
        """Sort by these classes from now on."""
        self._classes = wire.Classes(shaping.classes)
        self._by_hosts = any(each.mx_suffixes for each in shaping.classes)

    def named(self, name: str) -> wire.ProviderClass:
        """Give a class."""
        return self._classes.named(name)

    def of(self, domain: str) -> wire.ProviderClass | None:
        """Give a domain's class; none while it is being looked up: ask again in a moment."""
        by_name = self._classes.of(domain)
        if by_name.name != wire.GENERIC or not self._by_hosts:
            return by_name
        now = self._clock.monotonic()
        known = self._known.get(domain)
        if known is None or known.until <= now:
            self._ask(domain, now)
        if known is not None:
            self._known.move_to_end(domain)
            return self._classes.of(domain, known.hosts)  # what is a little out of date is better than nothing
        asked = self._asked.get(domain)
        return None if asked is not None and now - asked < _PATIENCE_SECONDS else by_name

    def who_said(self, host: str, domain: str) -> wire.ProviderClass:
        """Give the class that a server speaks for: a domain's mail hosts may name those of somebody else, too."""
        return self._classes.of(domain, [host])

    async def wait_for(self, domain: str) -> wire.ProviderClass:
        """Give a domain's class, after a moment at most."""
        deadline = self._clock.monotonic() + _PATIENCE_SECONDS
        while (found := self.of(domain)) is None and self._tasks and self._clock.monotonic() < deadline:
            await asyncio.wait(self._tasks, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
        return found or self._classes.named(wire.GENERIC)

    async def settled(self) -> None:
        """Wait until nothing is being looked up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ask(self, domain: str, now: float) -> None:
        if domain not in self._asked and len(self._asked) < _MOST_ASKED:
            self._asked[domain] = now
            task = asyncio.get_running_loop().create_task(self._learn(domain))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _learn(self, domain: str) -> None:
        try:
            async with self._room, asyncio.timeout(_LOOKUP_SECONDS):
                found = await self._look_up(domain)
            seconds = min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, found.ttl_seconds))
        except (Unanswered, TimeoutError, OSError) as error:
            log.info("provider.unknown", domain=domain, reason=str(error) or type(error).__name__)
            before = self._known.get(domain)
            found, seconds = Hosts(before.hosts if before else (), 0), _UNKNOWN_SECONDS
        finally:
            self._asked.pop(domain, None)
        self._known[domain] = _Known(found.names[:_MOST_HOSTS], self._clock.monotonic() + seconds)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)


async def look_up(domain: str) -> Hosts:
    """Ask the node's own resolver; a domain without MX is its own mail host (RFC 5321 §5.1)."""
    try:
        answer = await dns.asyncresolver.resolve(domain, "MX", lifetime=_LOOKUP_SECONDS)
    except dns.resolver.NXDOMAIN:
        return Hosts((), _SHORTEST_SECONDS)
    except dns.resolver.NoAnswer:
        return Hosts((domain,), _SHORTEST_SECONDS)
    except (dns.exception.DNSException, ValueError) as error:
        raise Unanswered(str(error) or type(error).__name__) from error
    ranked = sorted((record.preference, str(record.exchange)) for record in answer)
    return Hosts(_hosts([name for _, name in ranked]), float(answer.rrset.ttl if answer.rrset else 0))


def _hosts(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.rstrip(".").lower() for name in names if name != ".")
