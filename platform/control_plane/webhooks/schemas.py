"""What the webhooks API takes and gives."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from control_plane.core.body import Body
from control_plane.events import kinds

EVENT_TYPES = (*kinds.EVENT_TYPES, "*")
"""What can be subscribed to; `*` is everything, also what is added later."""

Status: TypeAlias = Literal["active", "disabled"]
DisabledReason: TypeAlias = Literal["manual", "gone", "failing"]
DeliveryStatus: TypeAlias = Literal["pending", "delivered", "failed"]
GivenUp: TypeAlias = Literal["tries", "age", "disabled", "gone"]
ReplayStatus: TypeAlias = Literal["running", "done", "stopped"]

Url: TypeAlias = Annotated[str, msgspec.Meta(max_length=2000)]
Events: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=50)]
Description: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]


class NewWebhook(Body, frozen=True, kw_only=True):
    """An address that events are sent to."""

    url: Url
    events: Events = ("*",)
    description: Description = ""


class WebhookChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    """`disabled`: no event is sent or kept for it. `active`: from now on; a replay brings back what was missed."""


class WebhookHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How it fares."""

    failures: int
    """Tries that failed since one last went well."""
    failing_since: datetime | None
    next_try_at: datetime | None
    """Held back after several failures: when the next single try may be made."""
    delivered_24h: int
    failed_24h: int
    """Tries of the last 24 hours."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that events are sent to."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"health", "missed_since", "disabled_at", "disabled_reason"})

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    status: Status
    disabled_reason: DisabledReason | None
    """`failing`: nothing but failures for five days; `gone`: it answered 410; `manual`: somebody did it."""
    disabled_at: datetime | None
    missed_since: datetime | None
    """From when on it may have missed events: a replay since then brings them."""
    old_secret_until: datetime | None
    """Until then what is sent is signed with the secret of before the last rotation too."""
    health: WebhookHealth
    created_at: datetime


class CreatedWebhook(Webhook, frozen=True, kw_only=True):
    """A new webhook with the secrets that its messages are signed with; they are not shown again."""

    secrets: tuple[str, ...]


class RotatedSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook's new secret, which is not shown again."""

    id: str
    secrets: tuple[str, ...]
    old_secret_until: datetime
    """Until then every message bears two signatures, one by each secret."""


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook."""

    id: str
    event_id: str
    type: str
    message_id: str | None
    status: DeliveryStatus
    given_up: GivenUp | None
    """`tries`: it was tried for more than a day; `age`: it waited for three; `disabled`, `gone`: the webhook is off."""
    attempts: int
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    response_excerpt: str | None
    response_ms: int | None


class SentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent with the last try."""

    url: str
    headers: dict[str, str]
    """The signature is left out."""
    body: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back; without a status there was no answer, and the excerpt says why."""

    status: int | None
    headers: dict[str, str]
    excerpt: str
    ms: int


class WebhookExchange(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook, with the last try's request and answer."""

    delivery: WebhookDelivery
    request: SentRequest | None
    """Null before the first try."""
    response: Answer | None


class NewTest(Body, frozen=True, kw_only=True):
    """Which sample is to be sent."""

    type: Annotated[str, msgspec.Meta(max_length=100)] = "message.delivered"


class WebhookTest(msgspec.Struct, frozen=True, kw_only=True):
    """How a sample fared; it is tried once."""

    delivered: bool
    request: SentRequest
    response: Answer


class NewReplay(Body, frozen=True, kw_only=True):
    """Which events are to be sent once more, out of those that the webhook subscribes to."""

    since: datetime
    until: datetime | None = None
    """Null: up to now."""
    types: Events | None = None
    """Null: all that the webhook subscribes to."""


class WebhookReplay(msgspec.Struct, frozen=True, kw_only=True):
    """Events of the past on their way to a webhook once more, under the same ids."""

    id: str
    since: datetime
    until: datetime
    types: tuple[str, ...]
    status: ReplayStatus
    """`stopped`: the webhook was disabled meanwhile."""
    events: int
    sent: int
    """So many of them are on their way or there."""
    created_at: datetime
    finished_at: datetime | None
