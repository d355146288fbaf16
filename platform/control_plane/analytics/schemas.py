"""How mail fared, as others see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

Grain = Literal["hour", "day"]
STATES = ("held", "deferred", "delivered", "bounced", "complained", "suppressed", "failed", "cancelled")
"""The states that are counted apart; a delivery in another one is on its way."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries by the state that they are in."""

    deliveries: int = 0
    """All of them."""
    held: int = 0
    deferred: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0
    suppressed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def waiting(self) -> int:
        """Count what is on its way, and what is held."""
        known = self.deferred + self.delivered + self.bounced + self.complained + self.suppressed
        return self.deliveries - known - self.failed - self.cancelled

    @property
    def arrived(self) -> int:
        """Count what another server has taken; a complaint comes after that."""
        return self.delivered + self.complained

    @property
    def lost(self) -> int:
        """Count what will not arrive."""
        return self.bounced + self.failed + self.suppressed

    @property
    def bounce_rate(self) -> float:
        """Give the share that was refused for good of what other servers decided on."""
        decided = self.arrived + self.bounced
        return self.bounced / decided if decided else 0.0

    @property
    def complaint_rate(self) -> float:
        """Give the share that was marked as spam of what arrived."""
        return self.complained / self.arrived if self.arrived else 0.0

    @property
    def delivery_rate(self) -> float:
        """Give the share that arrived of what is decided."""
        decided = self.arrived + self.bounced + self.failed
        return self.arrived / decided if decided else 0.0

    def __add__(self, other: "Counts") -> "Counts":
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Counts(**dict(zip(self.__struct_fields__, map(sum, zip(mine, others, strict=True)), strict=True)))


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """What was accepted in one hour or UTC day."""

    start: datetime
    counts: Counts


class Fared(msgspec.Struct, frozen=True, kw_only=True):
    """How one tenant's mail fared of late."""

    tenant_id: UUID
    day: Counts
    """The last 24 hours."""
    month: Counts
    """The last 30 days."""
    last_at: datetime | None
    """When something of its mail changed last."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What was accepted in one hour or UTC day of one stream, for one provider; null: of all."""

    start: datetime | None
    stream: str | None
    provider: str | None
    counts: Counts


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """How mail fared; hours and days without any are left out."""

    data: tuple[Part, ...]
