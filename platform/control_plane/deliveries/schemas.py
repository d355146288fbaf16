"""What deliveries are to others: their states and how one state follows from another."""

from datetime import datetime
from typing import Literal, NewType, TypeAlias
from uuid import UUID

import msgspec

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

WITH_US: tuple[Status, ...] = ("accepted", "held", "scheduled")
"""Before a node has it. Whatever a node says comes after, even if its clock is behind ours."""
AT_A_NODE: tuple[Status, ...] = ("queued", "deferred")
"""In the order in which they follow each other when their events bear the same time. Every other state is final."""


class Wait(msgspec.Struct, frozen=True):
    """Why a delivery still waits for a node."""

    no_way_out: bool
    """No node sends from its pool just now."""
    reason: str
    """Why a node gave it back last; empty: none did."""
    since: datetime
    """When that was; else when it was accepted."""


class SentMail(msgspec.Struct, frozen=True):
    """A mail to one recipient; without an id, it is one of its message's deliveries and nobody knows which."""

    delivery_id: UUID | None
    message_id: UUID
    recipient: str = ""
