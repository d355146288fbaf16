"""Which state a delivery is in after a batch of events: a pure decision, the same in whatever order they arrive."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.deliveries.schemas import AFTER_THE_FACT, AT_A_NODE, Status

STATUS_AFTER: dict[str, Status] = {
    "message.queued": "queued",
    "message.deferred": "deferred",
    "message.delivered": "delivered",
    "message.bounced": "bounced",
    "message.failed": "failed",
}
"""What a node may say of a delivery, and the state that it is in then."""


class NewState(msgspec.Struct, frozen=True):
    """A state that an event speaks for. It takes the place of one of lower precedence."""

    tenant_id: UUID
    delivery_id: UUID
    status: Status
    at: datetime

    @property
    def final(self) -> bool:
        """Say whether nothing more is expected to happen."""
        return self.status not in AT_A_NODE

    @property
    def rank(self) -> int:
        """Give its place among the final states that come after others."""
        return AFTER_THE_FACT.index(self.status) + 1 if self.status in AFTER_THE_FACT else 0

    @property
    def precedence(self) -> tuple[bool, int, datetime, int]:
        """Final before not, after the fact, then the later, then the further; `queries` compares likewise."""
        return self.final, self.rank, self.at, 0 if self.final else AT_A_NODE.index(self.status)


def latest(states: Iterable[NewState]) -> list[NewState]:
    """Keep for each delivery the state that prevails."""
    best: dict[UUID, NewState] = {}
    for state in states:
        known = best.get(state.delivery_id)
        if known is None or state.precedence > known.precedence:
            best[state.delivery_id] = state
    return list(best.values())
