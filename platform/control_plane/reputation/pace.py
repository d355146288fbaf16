"""When a subject is looked up next: spread over the day, and soon again when something is suspected."""

from collections.abc import Collection
from datetime import datetime, timedelta

from control_plane.reputation.lists import Subject
from control_plane.reputation.standing import LOOK_AGAIN_AFTER, State

_PAUSE: dict[Subject, timedelta] = {"ip": timedelta(hours=3), "domain": timedelta(hours=24)}
_AFTER_TROUBLE = timedelta(hours=1)
_SPREAD = 0.2
"""Of a pause, up and down."""


def next_look(what: Subject, states: Collection[State], now: datetime, chance: float) -> datetime:
    """Say when to look again; `chance` between 0 and 1 spreads subjects that were added together."""
    if "suspected" in states:
        return now + LOOK_AGAIN_AFTER
    only_trouble = bool(states) and all(state == "unknown" for state in states)
    pause = min(_AFTER_TROUBLE, _PAUSE[what]) if only_trouble else _PAUSE[what]
    return now + pause * (1 - _SPREAD + 2 * _SPREAD * chance)


def first_look(what: Subject, now: datetime, chance: float) -> datetime:
    """Say when to look first: an address soon, domains over the day."""
    return now + (timedelta(minutes=5) if what == "ip" else _PAUSE[what]) * chance
