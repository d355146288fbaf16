"""What the webhooks API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from control_plane.core.body import Body

EVENT_TYPES = (
    "message.accepted",
    "message.held",
    "message.scheduled",
    "message.cancelled",
    "message.queued",
    "message.deferred",
    "message.delivered",
    "message.bounced",
    "message.complained",
    "message.suppressed",
    "message.failed",
    "message.received",
    "domain.verified",
    "domain.degraded",
    "domain.failed",
    "certificate.issued",
    "certificate.failed",
    "quota.warning",
    "quota.exceeded",
    "tenant.suspended",
    "tenant.resumed",
    "ip.listed",
    "ip.cleared",
    "ip.warmed",
    "node.joined",
    "node.drifted",
    "node.lost",
    "*",
)
"""What can be subscribed to; `*` is everything, also what is added later."""

Status = Literal["active", "disabled"]
DeliveryStatus = Literal["pending", "delivered", "failed"]


class NewWebhook(Body, frozen=True, kw_only=True):
    """An address that events are sent to."""

    url: Annotated[str, msgspec.Meta(max_length=2000)]
    events: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=50)] = ("*",)


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that events are sent to."""

    id: str
    url: str
    events: tuple[str, ...]
    status: Status
    created_at: datetime


class CreatedWebhook(Webhook, frozen=True, kw_only=True):
    """A new webhook with the secrets that its messages are signed with; they are not shown again."""

    secrets: tuple[str, ...]


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook."""

    id: str
    event_id: str
    status: DeliveryStatus
    attempts: int
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    response_excerpt: str | None
