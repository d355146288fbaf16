"""What plans look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.quotas.schemas import OverLimit

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Overage: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]
Weight: TypeAlias = Annotated[float, msgspec.Meta(ge=0.1, le=100)]
Most: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]

MESSAGE_LEAST_BYTES = 256 * 1024
"""So much every plan allows."""
MESSAGE_MOST_BYTES = 25 * 1024 * 1024
MessageBytes: TypeAlias = Annotated[int, msgspec.Meta(ge=MESSAGE_LEAST_BYTES, le=MESSAGE_MOST_BYTES)]


class PlanLimits(Body, frozen=True, kw_only=True):
    """What a plan allows; null: no limit."""

    messages_month: Most | None = None
    messages_day: Most | None = None
    messages_hour: Most | None = None
    domains: Most | None = None
    mailboxes: Most | None = None
    storage_bytes: Most | None = None
    contacts: Most | None = None
    dedicated_ips: Most | None = None
    message_bytes: MessageBytes | None = None
    """How large one message may be with its attachments; null: 25 MiB."""


class Price(Body, frozen=True, kw_only=True):
    """What a plan costs a month."""

    amount_minor: Most
    """In the currency's smallest unit, as cents."""
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", max_length=3)]
    """ISO 4217."""


class NewPlan(Body, frozen=True, kw_only=True):
    """A plan to be offered to those right below you."""

    name: Name
    limits: PlanLimits = PlanLimits()
    over_limit: OverLimit = "stop"
    """Whether messages over a limit are refused, or held until its window turns."""
    overage: Overage = ""
    """What more costs, in words."""
    price: Price | None = None
    weight: Weight = 1
    """The share of a pool that each tenant on it gets while mail of many waits; only the operator sets it."""


class PlanChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays. Limits are given all together."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    limits: PlanLimits | msgspec.UnsetType = msgspec.UNSET
    over_limit: OverLimit | msgspec.UnsetType = msgspec.UNSET
    overage: Overage | msgspec.UnsetType = msgspec.UNSET
    price: Price | msgspec.UnsetType | None = msgspec.UNSET
    weight: Weight | msgspec.UnsetType = msgspec.UNSET


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"tenants"})

    id: str
    name: str
    limits: PlanLimits
    over_limit: OverLimit
    overage: str
    price: Price | None
    weight: float
    """The share of a pool that each tenant on it gets while mail of many waits, in proportion to the others'."""
    status: Literal["offered", "retired"]
    """Who is on a retired plan keeps it; nobody else gets it."""
    yours: bool
    """You offer it to others; if not, your provider offers it to you."""
    tenants: int
    """How many below you are on it."""
    created_at: datetime


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it is stored."""

    tenant_id: UUID
    id: UUID
    name: str
    limits: PlanLimits
    over_limit: OverLimit
    overage: str
    price: Price | None
    weight: float
    created_at: datetime
    retired_at: datetime | None
