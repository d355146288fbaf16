"""When a scheduled message goes: pure decisions."""

from datetime import datetime, timedelta

from control_plane.core.clock import in_utc
from control_plane.core.errors import FieldError, Invalid

AHEAD_MAX = timedelta(days=30)


def due_at(wanted: datetime | None, now: datetime) -> datetime | Invalid | None:
    """Give when it is due; None: now. Refused: too far ahead."""
    if wanted is None:
        return None
    due = in_utc(wanted)
    if due > now + AHEAD_MAX:
        return Invalid(errors=(FieldError("send_at", f"At most {AHEAD_MAX.days} days ahead."),))
    return due if due > now else None


def date_ms(moment: datetime | None) -> int | None:
    """Write a moment as the envelope has it."""
    return None if moment is None else int(moment.timestamp() * 1000)
