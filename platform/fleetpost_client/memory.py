"""What answers say besides what they were asked for: what is left of the key's rate, and things' ETags."""

import weakref
from typing import TypeVar

import httpx
import msgspec

from fleetpost_client.limits import RateLimit, rate_limit_of

Thing = TypeVar("Thing")


class Memory:
    """What a client remembers; an ETag for no longer than the thing itself."""

    def __init__(self) -> None:
        self.rate_limit: RateLimit | None = None
        """How much the key may still ask for, as the last answer said."""
        self._etags: dict[int, tuple[weakref.ref[object], str]] = {}

    def etag_of(self, thing: object) -> str | None:
        """Give the ETag of what this client read, for `if_match=`: so a change meets what was read, or is refused."""
        kept = self._etags.get(id(thing))
        return kept[1] if kept else None

    def _heard(self, answer: httpx.Response) -> httpx.Response:
        self.rate_limit = rate_limit_of(answer.headers) or self.rate_limit
        return answer

    def _kept(self, thing: Thing, answer: httpx.Response) -> Thing:
        etag = answer.headers.get("etag")
        if etag is not None and isinstance(thing, msgspec.Struct):
            own = id(thing)
            self._etags[own] = weakref.ref(thing, lambda _: self._etags.pop(own, None)), etag
        return thing
