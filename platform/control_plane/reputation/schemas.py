"""What the reputation of an address or a domain looks like to operators."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from control_plane.core.body import Body
from control_plane.reputation.lists import Severity
from control_plane.reputation.standing import State
from control_plane.reputation.thresholds import Advice


class ListStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How an address or a domain stands with one blocklist."""

    blocklist: str
    title: str
    state: State
    """`suspected`: found once, looked up again before it counts; `unknown`: the list gave no answer to believe."""
    severity: Severity | None
    since: datetime
    looked_at: datetime
    codes: tuple[str, ...]
    """What the list answered."""
    why: str
    delisting_url: str
    steps: tuple[str, ...]
    """What to do to get off it, in order."""
    delisting_asked_at: datetime | None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """An address or a domain that is on a list, or may be."""

    subject: str
    what: Literal["ip", "domain"]
    tenant_id: str | None
    """Whose domain it is; null: an address of the fleet."""
    standing: ListStanding


class Listings(msgspec.Struct, frozen=True):
    """Everything of ours that is on a list."""

    data: tuple[Listing, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of how something stands with a list."""

    at: datetime
    blocklist: str
    title: str
    state: State
    why: str


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How mail from an address fared at one class of providers over seven days; shares of 1."""

    provider: str
    sent: int
    delivered: int
    deferred: int
    bounced: int
    complained: int
    bounce_rate: float
    complaint_rate: float
    deferral_rate: float


class RatedDay(msgspec.Struct, frozen=True, kw_only=True):
    """How mail from an address fared on one UTC day, at all providers."""

    day: date
    delivered: int
    deferred: int
    bounced: int
    complained: int


class IpReputation(msgspec.Struct, frozen=True, kw_only=True):
    """The reputation of an address."""

    ip_id: str
    address: str
    lists: tuple[ListStanding, ...]
    rates: tuple[Rate, ...]
    advice: tuple[Advice, ...]
    """What the rates suggest; it is for you to do it."""
    days: tuple[RatedDay, ...]
    """The last thirty days; those without mail are left out."""
    changes: tuple[Change, ...]
    """The newest changes of how it stands with lists."""


class AskedDelisting(Body, frozen=True, kw_only=True):
    """Which list was asked to take an address off."""

    blocklist: Annotated[str, msgspec.Meta(max_length=50)]
