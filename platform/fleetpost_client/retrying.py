"""Which failures are tried again, and when: a pure decision."""

import msgspec

from fleetpost_client.errors import Conflict, Failed, Refused, TooMany, Unavailable, Unreachable

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 8.0
_STILL_ANSWERED = "idempotency_key_in_use"
"""The first try is being answered still: asked again, its answer comes."""
_NEVER_WILL = 501


class Retrying(msgspec.Struct, frozen=True):
    """How often a request is tried, and how long is waited for the API at most."""

    tries: int = 4
    patience_seconds: float = 30
    """Asked to wait for longer, it raises what the API answered."""

    def pause_after(self, tried: int, failure: Failed, chance: float) -> float | None:
        """Give the seconds until the next try; None if there is none. `chance` is between 0 and 1."""
        if tried >= self.tries or not _passes(failure):
            return None
        wanted = failure.retry_after_seconds if isinstance(failure, Refused) else None
        pause = _backoff(tried, chance) if wanted is None else wanted
        return pause if pause <= self.patience_seconds else None


def _passes(failure: Failed) -> bool:
    if isinstance(failure, Conflict):
        return failure.code == _STILL_ANSWERED
    if isinstance(failure, Unavailable):
        return failure.status != _NEVER_WILL
    return isinstance(failure, Unreachable | TooMany)


def _backoff(tried: int, chance: float) -> float:
    """Wait for twice as long each time, spread so that not all come back at once."""
    longest: float = min(_FIRST_PAUSE_SECONDS * 2 ** (tried - 1), _LONGEST_BACKOFF_SECONDS)
    return longest * (0.5 + chance / 2)


NEVER = Retrying(tries=1)
"""Each request is made once, and without an `Idempotency-Key` of the client's own."""
