"""How a tenant stands with its limits."""

from datetime import datetime
from typing import Literal

import msgspec

from control_plane.quotas.resources import Resource, Window

Level = Literal["fine", "near", "full"]
OverLimit = Literal["stop", "hold"]

NEAR = 0.8
"""From this share of a limit on, its tenant is warned."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What came of counting one resource."""

    resource: Resource
    fits: bool
    """Whether everything that was counted together fitted; if not, nothing of it was counted."""
    room: int | None
    """How much there was room for; None: no limit."""
    mine: bool | None
    """Whether the tightest limit is the tenant's own, and not one of somebody above it; None: no limit."""
    used: int
    most: int | None
    """The tenant's own limit."""
    over_limit: OverLimit
    news: bool
    """Whether somebody is to be warned."""


class ResourceUsage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one resource is used."""

    resource: Resource
    used: int
    limit: int | None
    """Null: no limit of your own."""
    window: Window | None
    """Null: what there is counts, as with domains."""
    resets_at: datetime | None
    provider_exhausted: bool
    """Your provider's own allowance is used up, whatever is left of yours."""

    @property
    def share(self) -> float:
        """Give how much of the limit is used, from 0 to 1."""
        if not self.limit:
            return 0.0 if self.limit is None or not self.used else 1.0
        return min(self.used / self.limit, 1.0)

    @property
    def level(self) -> Level:
        """Say whether there is reason to worry."""
        if self.provider_exhausted or (self.limit and self.used >= self.limit):
            return "full"
        return "near" if self.limit and self.share >= NEAR else "fine"


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of everything is used."""

    resources: tuple[ResourceUsage, ...]
    held: int
    """Deliveries that wait for the next window."""


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """What an agency has of a resource, and how much of it it gave to its clients."""

    resource: Resource
    most: int
    given: int
