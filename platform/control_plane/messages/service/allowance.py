"""What a tenant may still send: its counters, locked, and handed out message by message to who comes first."""

from datetime import datetime
from typing import Literal, TypeAlias

from control_plane.core.database import Transaction
from control_plane.messages.errors import TooManyScheduled
from control_plane.quotas import service as quotas
from control_plane.quotas.errors import QuotaExceeded
from control_plane.quotas.resources import MESSAGES, Resource
from control_plane.quotas.schemas import Count

Admission: TypeAlias = Literal["accepted", "held", "scheduled"]
SCHEDULED: Resource = "messages_scheduled"
HELD: Resource = "messages_held"
SCHEDULED_MAX = 2_000_000
"""Deliveries that a tenant has scheduled at most, whatever its limits."""


class Allowance:
    """Admits messages while there is room, then holds or refuses them; what was admitted is counted by `settle`."""

    def __init__(
        self,
        tx: Transaction,
        now: datetime,
        sending: list[Count],
        kept: dict[Resource, Count],
        *,
        is_counted: bool = False,
    ) -> None:
        self._tx = tx
        self._now = now
        self._sending = sending
        self._is_counted = is_counted
        self._room = None if is_counted else least(sending)
        self._hold_room = kept[HELD].room if sending[0].over_limit == "hold" else 0
        self._pause_room = kept[HELD].room
        self._schedule_room = schedule_room(kept)
        self._accepted = self._held = self._scheduled = 0

    @classmethod
    async def take(cls, tx: Transaction, now: datetime, *, is_counted: bool = False) -> "Allowance":
        """Lock the bound tenant's counters; nobody else sends or holds until the transaction ends.

        `is_counted`: what is to be sent has its room and is counted already.
        """
        sending = await quotas.hold(tx, *MESSAGES, now=now)
        kept = await quotas.hold(tx, HELD, SCHEDULED)
        return cls(tx, now, sending, {count.resource: count for count in kept}, is_counted=is_counted)

    def admit(
        self, deliveries: int, *, is_scheduled: bool = False, is_paused: bool = False
    ) -> Admission | QuotaExceeded | TooManyScheduled:
        """Say what becomes of a message with so many recipients: all of them together.

        `is_paused`: its stream is, so that it is held whether or not there is room to send it.
        """
        if is_scheduled:
            return self._admit_scheduled(deliveries)
        if is_paused:
            return self._hold(deliveries, self._pause_room)
        if self._room is None or self._accepted + deliveries <= self._room:
            self._accepted += deliveries
            return "accepted"
        return self._hold(deliveries, self._hold_room)

    def _hold(self, deliveries: int, room: int | None) -> Admission | QuotaExceeded:
        if room is None or self._held + deliveries <= room:
            self._held += deliveries
            return "held"
        return quotas.refusal(self._sending, self._now)

    def _admit_scheduled(self, deliveries: int) -> Admission | TooManyScheduled:
        """Limits are looked at when it goes."""
        if self._scheduled + deliveries > self._schedule_room:
            return TooManyScheduled()
        self._scheduled += deliveries
        return "scheduled"

    async def settle(self) -> None:
        """Count what was admitted; it fits, since nobody else could count."""
        if self._accepted and not self._is_counted:
            await quotas.take(self._tx, dict.fromkeys(MESSAGES, self._accepted), self._now)
        kept: dict[Resource, int] = {HELD: self._held, SCHEDULED: self._scheduled}
        if any(kept.values()):
            await quotas.take(self._tx, {name: amount for name, amount in kept.items() if amount})


def schedule_room(kept: dict[Resource, Count]) -> int:
    """Give how many more may be scheduled: like what is held, at most a month's worth."""
    most = kept[HELD].most
    return min(SCHEDULED_MAX, SCHEDULED_MAX if most is None else most) - kept[SCHEDULED].used


def least(counts: list[Count]) -> int | None:
    """Give the least room there is; None: no limit."""
    return min((count.room for count in counts if count.room is not None), default=None)
