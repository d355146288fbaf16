"""What follows from a stream's figures: which step is next, and when it becomes milder again. Pure decisions.

none → warned → throttled → risk → paused: one step at a time, and the next one only by what was sent since the last.
What is really bad is paused at once. After clean days it goes back, one step at a time too: each step down is a
probation. A stream that is paused twice in a month, or both streams at once, pause the account.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from control_plane.enforcement.schemas import STEPS, Scope, SendingRate, Step
from control_plane.enforcement.thresholds import Cause

PATIENCE: Mapping[Step, timedelta] = {
    "none": timedelta(0),
    "warned": timedelta(hours=6),
    "throttled": timedelta(days=1),
    "risk": timedelta(days=1),
}
"""How long somebody has to put things right before the next step."""
CLEAN: Mapping[Step, timedelta] = {
    "warned": timedelta(days=3),
    "throttled": timedelta(days=3),
    "risk": timedelta(days=3),
    "paused": timedelta(days=7),
}
"""After so long without bad figures it goes one step back."""
ACCOUNT_CLEAN = timedelta(days=14)
AGAIN_WITHIN = timedelta(days=30)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stream, or the account, stands."""

    step: Step = "none"
    since: datetime
    bad_at: datetime
    paused_at: datetime | None = None
    """When its last pause ended."""
    pinned_until: datetime | None = None


class Decision(msgspec.Struct, frozen=True):
    """A step to be taken."""

    step: Step
    cause: Cause


def next_step(standing: Standing, finding: SendingRate | None, now: datetime) -> Decision | None:
    """Say what is next for a stream; None: all stays as it is."""
    if standing.pinned_until is not None and now < standing.pinned_until:
        return None
    if finding is None:
        return _milder(standing, now, CLEAN)
    if standing.step == "paused":
        return None
    if finding.grade == "bad":
        return Decision("paused", finding.cause)
    if now - standing.since < PATIENCE[standing.step]:
        return None
    return Decision(STEPS[STEPS.index(standing.step) + 1], finding.cause)


def account_step(account: Standing, streams: Sequence[Standing], now: datetime) -> Decision | None:
    """Say what is next for the account, by where its streams stand now."""
    if account.pinned_until is not None and now < account.pinned_until:
        return None
    if account.step == "paused":
        return _milder(account, now, {"paused": ACCOUNT_CLEAN})
    fresh = [each for each in streams if each.step == "paused" and each.since > account.since]
    if len(fresh) > 1:
        return Decision("paused", "everywhere")
    return Decision("paused", "repeated") if any(map(_is_repeated, fresh)) else None


def better_at(scope: Scope, standing: Standing) -> datetime | None:
    """Say when a step becomes milder if nothing bad happens until then; None: there is none."""
    if standing.step == "none":
        return None
    after = ACCOUNT_CLEAN if scope == "all" else CLEAN[standing.step]
    clean = max(standing.since, standing.bad_at) + after
    return clean if standing.pinned_until is None else max(clean, standing.pinned_until)


def _milder(standing: Standing, now: datetime, clean: Mapping[Step, timedelta]) -> Decision | None:
    if standing.step == "none" or now - max(standing.since, standing.bad_at) < clean[standing.step]:
        return None
    down: Step = "none" if clean.get("warned") is None else STEPS[STEPS.index(standing.step) - 1]
    return Decision(down, "clean")


def _is_repeated(stream: Standing) -> bool:
    return stream.paused_at is not None and timedelta(0) < stream.since - stream.paused_at < AGAIN_WITHIN
