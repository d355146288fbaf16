"""What deliveries are to others: their states and how one state follows from another."""

from typing import Literal, NewType, TypeAlias
from uuid import UUID

LeaseId = NewType("LeaseId", UUID)

Status: TypeAlias = Literal[
    "accepted",
    "held",
    "scheduled",
    "queued",
    "deferred",
    "delivered",
    "bounced",
    "complained",
    "suppressed",
    "failed",
    "cancelled",
]

UNDER_WAY: tuple[Status, ...] = ("accepted", "held", "scheduled", "queued", "deferred")
"""In the order in which they follow each other when their events bear the same time; every other state is final."""
