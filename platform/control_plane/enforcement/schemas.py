"""What is done about bad figures, as others see it."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.enforcement.thresholds import Cause, Grade
from control_plane.ip_pools.schemas import STREAMS, Stream

Scope: TypeAlias = Literal["transactional", "broadcast", "all"]
"""`all`: the account itself, whatever it sends."""
Step: TypeAlias = Literal["none", "warned", "throttled", "risk", "paused"]
STEPS: tuple[Step, ...] = ("none", "warned", "throttled", "risk", "paused")
"""From no measure to the hardest."""
SCOPES: tuple[Scope, ...] = (*STREAMS, "all")
AppealStatus: TypeAlias = Literal["open", "accepted", "declined"]
Words: TypeAlias = Annotated[str, msgspec.Meta(min_length=10, max_length=4000)]
Reason: TypeAlias = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class SendingRate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one stream, beside what is asked of it."""

    cause: Literal["bounces", "complaints"]
    window: Literal["day", "week"]
    count: int
    of: int
    """Bounces: mails that were delivered or refused because of their recipients. Complaints: mails that were delivered
    to providers that tell of complaints."""
    review: float
    """From this share on, measures begin."""
    pause: float
    """From this share on, the stream is paused at once."""
    grade: Grade
    """`few`: too little was sent for the share to say anything."""

    @property
    def share(self) -> float:
        """Give the share, from 0 to 1."""
        return self.count / self.of if self.of else 0.0


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is in force for a stream, or for the account."""

    stream: Scope
    step: Step
    cause: Cause
    since: datetime
    better_at: datetime | None
    """When it becomes one step milder by itself, if nothing bad happens until then; null: an operator decides."""
    figures: tuple[SendingRate, ...]
    """What was measured when the step was taken."""
    note: str
    """An operator's words."""


class StreamHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a stream does."""

    stream: Stream
    rates: tuple[SendingRate, ...]


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant says to a measure, and what it was answered."""

    id: str
    tenant_id: str
    status: AppealStatus
    cause: str
    changed: str
    answer: str
    created_at: datetime
    answered_at: datetime | None


class SendingHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How an account's mail fares with those it is sent to, and what is done about it."""

    streams: tuple[StreamHealth, ...]
    measures: tuple[Measure, ...]
    messages_hour: int | None
    """Deliveries an hour while the account is throttled; what is beyond is held."""
    messages_day: int | None
    """Deliveries a day while the account is new; it grows with what is sent well."""
    exempt_until: datetime | None
    """An operator trusts the account until then: its figures lead to nothing."""
    appeal: Appeal | None
    """The last one."""


class NewAppeal(Body, frozen=True, kw_only=True):
    """Ask for a measure to be lifted."""

    cause: Words
    """How it came to the bounces or complaints."""
    changed: Words
    """What you have changed since."""


class AppealAnswer(Body, frozen=True, kw_only=True):
    """The operator's answer to an appeal."""

    accept: bool
    """Lift the measures: the streams are on probation from then on."""
    answer: Words


class NewMeasure(Body, frozen=True, kw_only=True):
    """A step that an operator chooses."""

    stream: Scope
    step: Step
    reason: Reason
    """The account can read it."""
    until: datetime | None = None
    """Figures change nothing before; null: they go on deciding at once."""


class NewExemption(Body, frozen=True, kw_only=True):
    """That figures lead to nothing for a while."""

    until: datetime
    """At most 400 days ahead; a moment that has passed ends the exemption."""
    reason: Reason


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """A measure in force, in the operator's list."""

    id: str
    """The tenant's id and the stream."""
    tenant_id: str
    name: str
    measure: Measure


class NamedAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal in the operator's queue."""

    id: str
    name: str
    """The account's."""
    appeal: Appeal


class MeasureChange(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken once."""

    stream: Scope
    before: Step
    after: Step
    cause: Cause
    note: str
    at: datetime


class TenantMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """All that an operator looks at before deciding about an account."""

    tenant_id: str
    name: str
    health: SendingHealth
    history: tuple[MeasureChange, ...]


class Restraint(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be in force for a tenant, for those who read it at every mail."""

    tenant_id: UUID
    status: Literal["active", "throttled", "suspended"]
    throttled: bool
    paused: tuple[Stream, ...]
    risk: tuple[Stream, ...]
