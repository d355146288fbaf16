"""Reads the moment of creation out of one of Postfix's long queue ids."""

from functools import lru_cache

_DIGITS = {digit: value for value, digit in enumerate("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz")}
_MICROSECOND_DIGITS = 4
_SHORTEST_TIME = 10
_REMEMBERED = 4096
"""Several lines of the log tell of each message."""


@lru_cache(_REMEMBERED)
def created_at_ms(queue_id: str) -> int:
    """Give Unix milliseconds; raises `ValueError` for a short (not unique) queue id.

    A long id is seconds and microseconds in base 52, `z`, and the inode in base 51, which has no `z` (postconf(5),
    enable_long_queue_ids).
    """
    time_digits = queue_id.rpartition("z")[0]
    if len(time_digits) < _SHORTEST_TIME or not _DIGITS.keys() >= set(time_digits):
        raise ValueError(f"{queue_id!r} is not a long queue id")
    seconds = _number(time_digits[:-_MICROSECOND_DIGITS])
    return seconds * 1000 + _number(time_digits[-_MICROSECOND_DIGITS:]) // 1000


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * len(_DIGITS) + _DIGITS[digit]
    return value
