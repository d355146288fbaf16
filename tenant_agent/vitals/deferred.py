"""Deferred mail by destination and age, from Postfix's own listing: read line by line, in bounded memory and time."""

import subprocess
import time
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

import msgspec
import structlog

from tenant_agent import wire

log = structlog.get_logger(__name__)

COMMAND = ("nice", "-n", "10", "postqueue", "-j")
ELSEWHERE = "(others)"
_AGES_SECONDS = (5 * 60, 15 * 60, 60 * 60, 240 * 60, 24 * 3600)
_MOST_GROUPS = 50
_MOST_DOMAINS = 10_000
_LONGEST_LINE = 4 * 1024 * 1024
_LONGEST_DOMAIN = 255

ByAge = tuple[int, int, int, int, int, int]


class _Recipient(msgspec.Struct):
    address: str


class _Entry(msgspec.Struct):
    """A line of `postqueue -j`: one mail."""

    queue_name: str
    arrival_time: int
    recipients: list[_Recipient] = []


class Listing(NamedTuple):
    """What was found, and whether that is all."""

    groups: tuple[wire.QueueGroup, ...]
    is_whole: bool


_decode = msgspec.json.Decoder(_Entry).decode


def listing(now_ms: int, *, command: Sequence[str] = COMMAND, timeout_seconds: float = 30.0) -> Listing:
    """List what is deferred, the largest destinations first; gives what there is when the time is over. Blocks."""
    deadline = time.monotonic() + timeout_seconds
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        lines = _Lines(child.stdout, deadline)
        found = grouped(lines, now_ms)
        if lines.is_late:
            child.kill()
            log.warning("queue.listing_cut", after_seconds=timeout_seconds)
    return Listing(largest(found), not lines.is_late)


def grouped(lines: Iterable[bytes], now_ms: int) -> dict[str, list[int]]:
    """Count the recipients of deferred mail by domain and age; what cannot be read is passed over."""
    found: dict[str, list[int]] = {}
    for line in lines:
        try:
            entry = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if entry.queue_name == "deferred":
            place = _place(now_ms // 1000 - entry.arrival_time)
            for recipient in entry.recipients:
                _ages_of(found, recipient.address)[place] += 1
    return found


def largest(found: dict[str, list[int]]) -> tuple[wire.QueueGroup, ...]:
    """Give the largest groups, at most fifty; their classes are yet to be named."""
    ordered = sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))[:_MOST_GROUPS]
    return tuple(wire.QueueGroup(domain, "", _six(ages)) for domain, ages in ordered)


def _ages_of(found: dict[str, list[int]], address: str) -> list[int]:
    domain = address.rpartition("@")[2].lower()[:_LONGEST_DOMAIN]
    if domain not in found and len(found) >= _MOST_DOMAINS:
        domain = ELSEWHERE
    return found.setdefault(domain, [0] * (len(_AGES_SECONDS) + 1))


def _place(age_seconds: int) -> int:
    return next((place for place, limit in enumerate(_AGES_SECONDS) if age_seconds <= limit), len(_AGES_SECONDS))


def _six(ages: list[int]) -> ByAge:
    one, two, three, four, five, six = ages
    return one, two, three, four, five, six


class _Lines:
    """The lines of a stream until they end or the time is over."""

    def __init__(self, stream: IO[bytes], deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline
        self.is_late = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> bytes:
        if time.monotonic() > self._deadline:
            self.is_late = True
            raise StopIteration
        line = self._stream.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        return line
