"""Which state wins, in whatever order events arrive."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from control_plane.deliveries.schemas import Status
from control_plane.deliveries.states import NewState, latest

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TENANT, DELIVERY = UUID(int=1), UUID(int=2)


def state(status: Status, seconds: int) -> NewState:
    return NewState(TENANT, DELIVERY, status, NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("states", "prevails"),
    [
        ([state("queued", 0)], "queued"),
        ([state("queued", 0), state("deferred", 1), state("delivered", 9)], "delivered"),
        ([state("delivered", 5), state("deferred", 9)], "delivered"),  # a final state stays, however late the other
        ([state("deferred", 1), state("queued", 3)], "queued"),  # among others the later wins
        ([state("queued", 1), state("deferred", 1)], "deferred"),  # at the same time, the further one
        ([state("delivered", 1), state("bounced", 60)], "bounced"),  # a bounce may come after the fact
    ],
)
def test_the_state_that_prevails_does_not_depend_on_the_order(states: list[NewState], prevails: str) -> None:
    for order in permutations(states):
        [winner] = latest(order)
        assert winner.status == prevails


def test_each_delivery_has_its_own_state() -> None:
    other = NewState(TENANT, UUID(int=3), "bounced", NOON)
    assert {winner.delivery_id for winner in latest([state("queued", 0), other])} == {DELIVERY, UUID(int=3)}
