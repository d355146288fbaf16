"""What a bounce leads to for its address: a pure decision.

An address that does not exist is not written to again after one bounce. One whose mailbox is full, or whose servers are
out of order, gets another chance: three bounces in a row within a week, and it is left alone for a week. What is about
us or about one message never counts against an address, however often it happens.
"""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from control_plane.bounces.classify import verdict_of
from control_plane.bounces.schemas import Bounced

SOFT_STRIKES = 3
SOFT_WITHIN = timedelta(days=7)


class Consequences(msgspec.Struct, frozen=True):
    """Which bounces end mail to their addresses at once, and which count as a strike."""

    hard: tuple[Bounced, ...]
    soft: tuple[Bounced, ...]


def consequences(bounces: Iterable[Bounced]) -> Consequences:
    """Sort bounces by what they lead to."""
    counted = [(verdict_of(each.bounce_class).counts, each) for each in bounces]
    return Consequences(
        hard=tuple(each for counts, each in counted if counts == "hard"),
        soft=tuple(each for counts, each in counted if counts == "soft"),
    )
