"""What can be asked of many messages at once, and how far it is."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body
from control_plane.ip_pools.schemas import Stream

IDS_MAX = 500
Act: TypeAlias = Literal["cancel", "release"]


class MessageFilter(Body, frozen=True, kw_only=True):
    """Which messages are meant: all that fit."""

    status: Literal["held", "scheduled"] = "held"
    held_for: Literal["quota", "enforcement"] | None = None
    """Over a limit, or because the stream is paused; null: either."""
    stream: Stream | None = None
    before: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """Accepted before this moment; null: until now."""


class ManyMessages(Body, frozen=True, kw_only=True):
    """Messages by their ids or by a filter: one of them."""

    ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=IDS_MAX)] = ()
    filter: MessageFilter | None = None


class BulkAct(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done to many messages."""

    id: str
    act: Act
    status: Literal["running", "done"]
    matched: int
    """Deliveries that fitted when it began."""
    done: int
    """Deliveries that were cancelled or released."""
    kept: int
    """Still held, since there is no room within your limits: they go by themselves."""
    refused: int
    """Still held, since their stream is paused: only your provider releases them."""
    created_at: datetime
    finished_at: datetime | None
