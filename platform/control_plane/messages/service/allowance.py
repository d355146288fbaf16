"""What a tenant may still send: its counters, locked, and handed out message by message to who comes first."""

from datetime import datetime
from typing import Literal, TypeAlias

from control_plane.core.database import Transaction
from control_plane.quotas import service as quotas
from control_plane.quotas.errors import QuotaExceeded
from control_plane.quotas.resources import MESSAGES
from control_plane.quotas.schemas import Count

Admission: TypeAlias = Literal["accepted", "held"]


class Allowance:
    """Admits messages while there is room, then holds or refuses them; what was admitted is counted by `settle`."""

    def __init__(self, tx: Transaction, now: datetime, sending: list[Count], holding: list[Count]) -> None:
        self._tx = tx
        self._now = now
        self._sending = sending
        self._holding = holding
        self._room = least(sending)
        self._hold_room = least(holding) if sending[0].over_limit == "hold" else 0
        self._accepted = self._held = 0

    @classmethod
    async def take(cls, tx: Transaction, now: datetime) -> "Allowance":
        """Lock the bound tenant's counters; nobody else sends or holds until the transaction ends."""
        sending = await quotas.hold(tx, *MESSAGES, now=now)
        return cls(tx, now, sending, await quotas.hold(tx, "messages_held"))

    def admit(self, deliveries: int) -> Admission | QuotaExceeded:
        """Say what becomes of a message with so many recipients: all of them together."""
        if self._room is None or self._accepted + deliveries <= self._room:
            self._accepted += deliveries
            return "accepted"
        if self._hold_room is None or self._held + deliveries <= self._hold_room:
            self._held += deliveries
            return "held"
        return quotas.refusal(self._sending, self._now)

    async def settle(self) -> None:
        """Count what was admitted; it fits, since nobody else could count."""
        if self._accepted:
            await quotas.take(self._tx, dict.fromkeys(MESSAGES, self._accepted), self._now)
        if self._held:
            await quotas.take(self._tx, {"messages_held": self._held})


def least(counts: list[Count]) -> int | None:
    """Give the least room there is; None: no limit."""
    return min((count.room for count in counts if count.room is not None), default=None)
