"""When Postfix queued a mail, read out of its queue id: so a mail is found by that id without any index of them."""

import re
from datetime import UTC, datetime, timedelta

_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
_DIGIT = "0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-"
_LONG_ID = re.compile(rf"([{_DIGIT}z]{{6,}})([{_DIGIT}z]{{4}})z[{_DIGIT}y]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST = 30


def queued_at(text: str) -> datetime | None:
    """Give when a long queue id was made; None: it is none.

    That is seconds and microseconds in base 52, `z`, and the inode in base 51 (postconf(5), enable_long_queue_ids).
    """
    found = _LONG_ID.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    seconds, microseconds = (_number(part) for part in found.groups())
    try:
        moment = _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)
    except OverflowError:
        return None
    return moment if microseconds < 1_000_000 and _FIRST <= moment < _LAST else None


def _number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * len(_DIGITS) + _DIGITS.index(digit)
    return value
