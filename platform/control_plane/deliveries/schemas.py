"""What deliveries are to others: their states and how one state follows from another."""

from datetime import datetime
from typing import Literal, NewType, TypeAlias
from uuid import UUID

import msgspec

from control_plane.bounces.classify import BounceClass
from tenant_agent import wire

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
HeldFor: TypeAlias = Literal["quota", "suspension", "enforcement"]

WITH_US: tuple[Status, ...] = ("accepted", "held", "scheduled")
"""Before a node has it. Whatever a node says comes after, even if its clock is behind ours."""
AT_A_NODE: tuple[Status, ...] = ("queued", "deferred")
"""In the order in which they follow each other when their events bear the same time. Every other state is final."""
HAD_BY_A_NODE: tuple[Status, ...] = (*AT_A_NODE, "delivered", "bounced", "failed")
"""What a node has taken is in one of them, once the node has told of it. Who has the mail may complain in any."""
AFTER_THE_FACT: tuple[Status, ...] = ("failed", "bounced", "complained")
"""Of the final states those that come after the others, in this order, whatever their events' times: who has accepted a
mail may still send it back, and who has it may still complain; neither is ever taken back."""

PAUSE_FOLLOWED_SECONDS = 20.0
"""So long after a stream was paused mail of it may come to wait: processes hear of the pause within 5 s, and what they
were asked for before may take its time. Until then the queue is looked through again and again."""


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


class PlayedDelivery(msgspec.Struct, frozen=True):
    """A delivery of the sandbox."""

    tenant_id: UUID
    id: UUID
    message_id: UUID
    recipient: str


class AttemptData(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What `events.data` holds of an attempt, as JSON; the names are those of the public API."""

    attempt: int = 0
    queue_id: str | None = None
    source_ip: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None
    delays: wire.Delays | None = None
    bounce_class: BounceClass | None = None


class PlayedData(AttemptData, frozen=True, omit_defaults=True, kw_only=True):
    """What is told of an attempt that was played."""

    sandbox: bool


class PlayedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that would have happened to it."""

    mail: PlayedDelivery
    id: UUID
    """Made of what happened, so that it is told once."""
    type: str
    at: datetime
    data: PlayedData
