"""Whether refusals that are about us have become more than usual: a pure decision, by class of providers and reason."""

from datetime import timedelta

import msgspec

LATELY = timedelta(hours=2)
"""Stored by the hour: this one, and the one before it."""
COMPARED_WITH = timedelta(hours=26)
LEAST = 20
"""Fewer say nothing, however few there were before."""
_TIMES = 3
_HOURS_LATELY = LATELY / timedelta(hours=1)
_HOURS_BEFORE = (COMPARED_WITH - LATELY) / timedelta(hours=1)


class Refusals(msgspec.Struct, frozen=True, kw_only=True):
    """How often one class of providers refused mail for one reason."""

    lately: int
    before: int
    """In the day before that."""


def is_rise(refusals: Refusals) -> bool:
    """Say whether an operator should look at it."""
    usual = refusals.before / _HOURS_BEFORE * _HOURS_LATELY
    return refusals.lately >= LEAST and refusals.lately >= _TIMES * usual
