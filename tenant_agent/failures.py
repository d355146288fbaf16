"""What a service did not take: the same files are not tried again before a while, so that it does not flap."""

from typing import Final

import msgspec

from tenant_agent.backoff import Backoff
from tenant_agent.clock import Clock
from tenant_agent.render import Tree

FIRST_SECONDS: Final = 60.0
LONGEST_SECONDS: Final = 1800.0
"""What failed may have had another reason than the files, so they are not given up for good."""


class Wanted(msgspec.Struct, frozen=True):
    """What a service is to be given."""

    tree: Tree
    releases: tuple[str, str]
    """Of the design that it comes with: what is rolled out anew is tried anew."""


class _Failure(msgspec.Struct, frozen=True):
    wanted: Wanted
    reason: str
    again_at: float
    backoff: Backoff


class Failures:
    """The last failure of each service, until it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_service: dict[str, _Failure] = {}

    def holding_back(self, service: str, wanted: Wanted) -> str | None:
        """Say why these files are not to be tried just now; none if they may be."""
        known = self._by_service.get(service)
        if known is None or known.wanted != wanted or self._clock.monotonic() >= known.again_at:
            return None
        return known.reason

    def note(self, service: str, wanted: Wanted, reason: str) -> None:
        """Wait before the next try of these files, the longer the more often they have failed."""
        known = self._by_service.get(service)
        is_same = known is not None and known.wanted == wanted
        backoff = known.backoff if known is not None and is_same else Backoff(FIRST_SECONDS, LONGEST_SECONDS)
        again_at = self._clock.monotonic() + backoff.next_seconds()
        self._by_service[service] = _Failure(wanted, reason, again_at, backoff)

    def forget(self, service: str) -> None:
        """It has taken what it was given."""
        self._by_service.pop(service, None)
