"""A zone at one of the providers that lexicon knows.

lexicon is synchronous, has no time limits of its own and writes what it does to a log: so it works in a process apart
(`lexicon_process`), which is ended when its time is over, gets the credentials on its standard input and has neither
our environment nor a log.
"""

import asyncio
import contextlib
import sys
from collections.abc import Collection

import msgspec

from control_plane.dns_publishing.providers.kinds import ProviderKind
from control_plane.dns_publishing.providers.lexicon_process import Order, Outcome
from control_plane.dns_publishing.providers.zone import (
    AWAY,
    NO_ZONE,
    NOT_DONE,
    ODD,
    REFUSED,
    Credentials,
    ProviderProblem,
    candidates,
)
from control_plane.dns_publishing.record_sets import RecordSet

_SECONDS = 60
_AT_ONCE = 4
_MODULE = "control_plane.dns_publishing.providers.lexicon_process"
_MOST_OCTETS = 8 * 1024 * 1024

_SENTENCES = {"no_zone": NO_ZONE, "refused": REFUSED, "not_done": NOT_DONE, "odd": ODD, "away": AWAY}

_turns = asyncio.Semaphore(_AT_ONCE)


class LexiconZone:
    """A zone whose every act is a process."""

    def __init__(self, kind: str, credentials: Credentials, apex: str) -> None:
        self._kind, self._credentials = kind, dict(credentials)
        self.apex = apex

    async def read(self, names: Collection[str]) -> list[RecordSet]:
        """List the zone and keep what is at these names."""
        order = Order(kind=self._kind, options=self._credentials, apexes=[self.apex], names=sorted(names))
        return (await _done(order)).sets

    async def write(self, before: RecordSet, after: RecordSet) -> None:
        """Remove the values that go and add those that come."""
        await _done(Order(kind=self._kind, options=self._credentials, apexes=[self.apex], before=before, after=after))


async def open_lexicon(kind: ProviderKind, credentials: Credentials, domain: str) -> LexiconZone:
    """Find the nearest zone that the provider has for a domain; raises `ProviderProblem`."""
    found = await _done(Order(kind=kind, options=dict(credentials), apexes=candidates(domain)))
    return LexiconZone(kind, credentials, found.apex)


async def _done(order: Order) -> Outcome:
    async with _turns:
        outcome = await _run(order)
    if outcome.problem:
        raise ProviderProblem(_SENTENCES[outcome.problem], temporary=outcome.problem == "away")
    return outcome


async def _run(order: Order) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        cwd="/",
        limit=_MOST_OCTETS,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            written, _ = await process.communicate(msgspec.json.encode(order))
    except TimeoutError as error:
        raise ProviderProblem(AWAY, temporary=True) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    try:
        return msgspec.json.decode(written, type=Outcome)
    except msgspec.DecodeError as error:
        raise ProviderProblem(ODD) from error
