"""When a webhook's message is tried again: a pure decision."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

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
IN_ORDER_FOR = 3
"""A later event of the same message waits for so many tries of an earlier one: some five minutes."""
WAITS_AT_MOST = timedelta(days=3)
"""What was due for so long and could not be tried is given up; a replay brings it back."""
PUT_OFF_FOR = timedelta(seconds=10)
"""When what could not be tried through our own fault is due again."""

_GONE = 410


class Outcome(msgspec.Struct, frozen=True):
    """How a try ended; without a status there was no answer, and the excerpt says why."""

    status: int | None
    excerpt: str
    headers: Mapping[str, str] = {}
    milliseconds: int = 0
    ours: bool = False
    """What went wrong was ours, and says nothing of the endpoint."""
    tried: bool = True
    """False if not even a connection was begun."""

    @property
    def delivered(self) -> bool:
        """Any 2xx counts; a redirect does not."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """410 asks for no more, ever."""
        return self.status == _GONE


class Decision(msgspec.Struct, frozen=True):
    """What follows from a try."""

    status: Literal["pending", "delivered", "failed"]
    next_attempt_at: datetime | None
    given_up: Literal["tries", "gone"] | None = None


def decide(outcome: Outcome, attempts: int, now: datetime) -> Decision:
    """Say what follows from the try number `attempts`, which ended now."""
    if outcome.delivered:
        return Decision("delivered", None)
    if outcome.gone:
        return Decision("failed", None, "gone")
    if attempts > len(RETRY_AFTER):
        return Decision("failed", None, "tries")
    return Decision("pending", now + RETRY_AFTER[attempts - 1])
