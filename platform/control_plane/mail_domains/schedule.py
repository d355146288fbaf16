"""When a domain is checked again without being asked: soon at first, ever more rarely, in the end not at all."""

from datetime import datetime, timedelta

_FIRST = timedelta(minutes=1)
_MOST = timedelta(hours=6)
_GIVE_UP_AFTER = timedelta(days=30)


def next_check(now: datetime, *, proven: bool, added_at: datetime, failed: int) -> datetime | None:
    """Give the time of the next check; None for a domain that was not proven in a month."""
    if proven:
        return now + _MOST
    if now - added_at > _GIVE_UP_AFTER:
        return None
    pause: timedelta = _FIRST * (1 << min(failed, 10))
    return now + min(pause, _MOST)
