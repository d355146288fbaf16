"""A zone at a provider, and what can go wrong there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

import httpx
import msgspec

from control_plane.core.http import Network
from control_plane.dns_publishing.record_sets import RecordSet

Credentials: TypeAlias = Mapping[str, str]


class Means(msgspec.Struct, frozen=True):
    """What providers are reached with; neither leads to private addresses but for the allowed networks."""

    http: httpx.AsyncClient
    allowed: Sequence[Network]


class ProviderProblem(Exception):
    """The provider did not do what was asked; the message is a sentence for the customer, without any secret."""

    def __init__(self, sentence: str, *, temporary: bool = False) -> None:
        self.sentence = sentence
        self.temporary = temporary
        super().__init__(sentence)


class Zone(Protocol):
    """An open zone; every method raises `ProviderProblem`."""

    @property
    def apex(self) -> str:
        """Give the zone's own name."""
        ...

    async def read(self, names: Collection[str]) -> list[RecordSet]:
        """Give all record sets at these names."""
        ...

    async def write(self, before: RecordSet, after: RecordSet) -> None:
        """Make one set another, of the same name and type; without values there is none."""
        ...


def candidates(domain: str) -> list[str]:
    """List the zones that a domain may lie in, the nearest first: itself, then the names above it."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]


NO_ZONE = "The provider has no zone for this domain, or these credentials do not open it."
AWAY = "The provider did not answer in time: it is tried again."
REFUSED = "The provider refused the credentials: check them, and what they are allowed to do."
NOT_DONE = "The provider refused this change."
ODD = "The provider’s answer could not be understood."
"""What is said of the usual problems."""
