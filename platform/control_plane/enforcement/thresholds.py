"""From which figures on something is done: Amazon SES's rates, asked for with evidence; new senders have counts, too.

A rate says nothing while little was sent, so each asks for a number of mails and of incidents. Who is new has little to
show for either: for them a count alone is enough, unless it is a small share of what they sent.
"""

from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["bounces", "complaints"]
Period: TypeAlias = Literal["day", "week"]
Grade: TypeAlias = Literal["few", "good", "review", "bad"]
Cause: TypeAlias = Literal[
    "bounces", "complaints", "repeated", "everywhere", "clean", "operator", "appeal_accepted", "exempted"
]

NEW_FOR = timedelta(days=30)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
PERIODS: tuple[tuple[Period, timedelta], ...] = (("day", DAY), ("week", WEEK))


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one figure."""

    review: float
    bad: float
    least_of: int
    """So many mails at least, or a share says nothing."""
    least_review: int
    least_bad: int
    """So many incidents at least."""
    new: tuple[tuple[Period, int, int], ...]
    """For who is new: from how many on in a day or week it is reviewed, and is bad."""
    new_share: float
    """Below this share, a count alone says nothing."""


THRESHOLDS: dict[Kind, Threshold] = {
    "bounces": Threshold(
        review=0.05,
        bad=0.10,
        least_of=100,
        least_review=10,
        least_bad=10,
        new=(("day", 10, 25), ("week", 25, 50)),
        new_share=0.05,
    ),
    "complaints": Threshold(
        review=0.001,
        bad=0.005,
        least_of=100,
        least_review=3,
        least_bad=5,
        new=(("day", 3, 7), ("week", 10, 20)),
        new_share=0.003,
    ),
}
SILENT_PROVIDERS = ("google", "apple")
"""They tell nobody of single complaints: mail to them says nothing about how many there are."""
