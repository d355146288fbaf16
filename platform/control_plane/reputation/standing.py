"""How a subject stands with a list from one look to the next: listed only after two looks, and never by silence."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from control_plane.reputation.lists import Severity
from control_plane.reputation.reading import Reading

State: TypeAlias = Literal["clean", "suspected", "listed", "unknown"]
News: TypeAlias = Literal["listed", "cleared", "worse"]

CONFIRMED_AFTER = timedelta(minutes=10)
LOOK_AGAIN_AFTER = timedelta(minutes=11)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a subject stands with a list."""

    state: State
    since: datetime
    looked_at: datetime
    severity: Severity | None = None
    said: tuple[str, ...] = ()
    why: str = ""


def first(reading: Reading, now: datetime) -> Standing:
    """Say how a subject stands after the first look."""
    return _become("suspected" if reading.state == "listed" else reading.state, reading, now)


def following(before: Standing, reading: Reading, now: datetime) -> Standing:
    """Say how it stands after another look."""
    if reading.state == "unknown":
        is_bad = before.state in ("listed", "suspected")
        if is_bad or before.state == "unknown":
            why = before.why if is_bad else reading.why
            return msgspec.structs.replace(before, looked_at=now, why=why)
        return _become("unknown", reading, now)
    if reading.state == "clean":
        return (
            msgspec.structs.replace(before, looked_at=now)
            if before.state == "clean"
            else _become("clean", reading, now)
        )
    if before.state == "listed" or (before.state == "suspected" and now - before.since < CONFIRMED_AFTER):
        changed = msgspec.structs.replace(before, looked_at=now, severity=reading.severity)
        return msgspec.structs.replace(changed, said=reading.said, why=reading.why)
    return _become("listed" if before.state == "suspected" else "suspected", reading, now)


def news(before: Standing | None, after: Standing) -> News | None:
    """Say what there is to tell about it."""
    was_listed = before is not None and before.state == "listed"
    if after.state == "listed" and not was_listed:
        return "listed"
    if before is not None and was_listed and after.state == "listed":
        return "worse" if (before.severity, after.severity) == ("warn", "quarantine") else None
    return "cleared" if was_listed and after.state == "clean" else None


def _become(state: State, reading: Reading, now: datetime) -> Standing:
    severity, said, why = reading.severity, reading.said, reading.why
    return Standing(state=state, since=now, looked_at=now, severity=severity, said=said, why=why)
