"""Whether a relay is used: a circuit breaker that opens on failures and is closed again by a probe that succeeds.

Closed, everything goes there. Open, nothing does, for a time that doubles with each failed probe. Then one delivery may
try: half-open, until it succeeds (closed) or fails (open, for longer). A probe that is never heard of is forgotten.
"""

import re
from typing import Literal

import msgspec

_HARD_FAILURES = 3
"""In a row: connection, TLS or login do not come about, so no mail of anybody would."""
_SOFT_FAILURES = 10
"""Within one window, and at least half of all: the server puts off what it is given."""
_WINDOW_MS = 300_000
_FIRST_PAUSE_MS = 30_000
_LONGEST_PAUSE_MS = 900_000
_PROBE_MS = 120_000
_LONGEST_REPLY = 300

_NO_SESSION = re.compile(
    r"connect to .*(refused|timed out|unreachable|no route)|lost connection|timed out|TLS|certificate|SASL|authentica"
    r"|\b5?4?53[0458]\b|Host (or domain name )?not found|name service error|DNS reply filter|DNSSEC",
    re.IGNORECASE,
)

Failure = Literal["hard", "soft"]


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one relay; times in Unix milliseconds."""

    hard_failures: int = 0
    window_start_ms: int = 0
    soft_failures: int = 0
    successes: int = 0
    pause_ms: int = 0
    """How long it stays open this time; 0 while it is closed."""
    open_until_ms: int = 0
    probing_until_ms: int = 0
    last_reply: str = ""

    @property
    def is_closed(self) -> bool:
        return self.pause_ms == 0

    def admits(self, now_ms: int) -> bool:
        """Say whether a delivery may go there now."""
        return self.is_closed or (now_ms >= self.open_until_ms and now_ms >= self.probing_until_ms)

    def tried(self, now_ms: int) -> "Breaker":
        """Note that a delivery goes there: if the breaker is open, it is the probe, and nothing goes with it."""
        if self.is_closed or not self.admits(now_ms):
            return self
        return msgspec.structs.replace(self, probing_until_ms=now_ms + _PROBE_MS)

    def succeeded(self, now_ms: int) -> "Breaker":
        """Note that the relay took a mail, or refused it for the mail's own sake."""
        if not self.is_closed:
            return Breaker(window_start_ms=now_ms)
        current = self._in_window(now_ms)
        return msgspec.structs.replace(current, hard_failures=0, successes=current.successes + 1)

    def failed(self, reply: str, now_ms: int) -> "Breaker":
        """Note that a mail could not be given to it, and why."""
        if not self.is_closed:
            return self._failed_again(reply, now_ms)
        kind, current = kind_of(reply), self._in_window(now_ms)
        counted = msgspec.structs.replace(
            current,
            hard_failures=current.hard_failures + (kind == "hard"),
            soft_failures=current.soft_failures + (kind == "soft"),
            last_reply=reply[:_LONGEST_REPLY],
        )
        is_too_bad = counted.hard_failures >= _HARD_FAILURES or counted.soft_failures >= max(
            _SOFT_FAILURES, counted.successes
        )
        return _opened(counted.last_reply, _FIRST_PAUSE_MS, now_ms) if is_too_bad else counted

    def _failed_again(self, reply: str, now_ms: int) -> "Breaker":
        """What was on its way when it opened says nothing new; the probe does."""
        told = msgspec.structs.replace(self, last_reply=reply[:_LONGEST_REPLY])
        is_answer_of_probe = self.probing_until_ms > self.open_until_ms
        return _opened(told.last_reply, self.pause_ms * 2, now_ms) if is_answer_of_probe else told

    def _in_window(self, now_ms: int) -> "Breaker":
        if 0 <= now_ms - self.window_start_ms < _WINDOW_MS:
            return self
        return msgspec.structs.replace(self, window_start_ms=now_ms, soft_failures=0, successes=0)


def _opened(last_reply: str, pause_ms: int, now_ms: int) -> Breaker:
    pause_ms = min(pause_ms, _LONGEST_PAUSE_MS)
    return Breaker(pause_ms=pause_ms, open_until_ms=now_ms + pause_ms, last_reply=last_reply)


def kind_of(reply: str) -> Failure:
    """Tell a relay that cannot be worked with from one that puts off a mail."""
    return "hard" if _NO_SESSION.search(reply) else "soft"
