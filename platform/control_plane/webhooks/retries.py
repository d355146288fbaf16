"""When a webhook's message is tried again: a pure decision."""

from datetime import datetime, timedelta

import msgspec

RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""The schedule that Standard Webhooks recommends: over 27 hours in all."""

_GONE = 410


class Outcome(msgspec.Struct, frozen=True):
    """How a try ended; without a status there was no answer, and the excerpt says why."""

    status: int | None
    excerpt: str

    @property
    def delivered(self) -> bool:
        """Any 2xx counts; a redirect does not."""
        return self.status is not None and 200 <= self.status < 300


class Decision(msgspec.Struct, frozen=True):
    """What follows from a try."""

    status: str
    next_attempt_at: datetime | None


def decide(outcome: Outcome, attempts: int, now: datetime) -> Decision:
    """Say what follows from the try number `attempts`, which ended now; 410 Gone asks for no more."""
    if outcome.delivered:
        return Decision("delivered", None)
    if outcome.status == _GONE or attempts > len(RETRY_AFTER):
        return Decision("failed", None)
    return Decision("pending", now + RETRY_AFTER[attempts - 1])
