"""Which steps an address can take, and to whom it may be handed over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from control_plane.ip_pools.cool_down import COOL_DOWN, Use, cools_until, may_have, may_move
from control_plane.ip_pools.life import IpStatus, Step, after, steps_from

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANN, BOB = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("status", "step", "reached"),
    [
        ("provisioning", "verify", "warming"),
        ("warming", "warm", "active"),
        ("active", "drain", "draining"),
        ("draining", "release", "released"),
        ("active", "quarantine", "quarantined"),
        ("quarantined", "rewarm", "warming"),  # it is never active at once after a quarantine
        ("quarantined", "release", "released"),
        ("released", "reuse", "provisioning"),
        ("active", "release", None),  # it must drain first
        ("provisioning", "warm", None),  # nobody has checked it
        ("quarantined", "resume", None),
        ("released", "resume", None),
        ("released", "quarantine", None),
    ],
)
def test_steps_lead_where_the_table_says(status: IpStatus, step: Step, reached: IpStatus | None) -> None:
    assert after(status, step) == reached


def test_what_was_warm_is_resumed_as_it_was_and_what_was_not_goes_on_warming_up() -> None:
    assert after("draining", "resume", is_warm=True) == "active"
    assert after("draining", "resume", is_warm=False) == "warming"


def test_every_state_can_be_left() -> None:
    states: tuple[IpStatus, ...] = ("provisioning", "warming", "active", "draining", "quarantined", "released")
    assert all(steps_from(status) for status in states)


@pytest.mark.parametrize(
    ("sent", "burnt", "cools"),
    [(0, False, False), (1, False, True), (0, True, True), (1000, True, True)],
)
def test_what_was_used_cools_down(sent: int, burnt: bool, cools: bool) -> None:
    until = cools_until(Use(owner=ANN, sent=sent, burnt=burnt), NOW)
    assert until == (NOW + COOL_DOWN if cools else None)


@pytest.mark.parametrize(
    ("new_owner", "days_left", "allowed"),
    [
        (ANN, 30, True),  # who burnt it has it back
        (BOB, 30, False),
        (None, 30, False),  # all share it: that is others, too
        (BOB, 0, True),
        (BOB, -1, True),
    ],
)
def test_nobody_else_gets_a_burnt_address_before_it_has_cooled_down(
    new_owner: UUID | None,
    days_left: int,
    allowed: bool,
) -> None:
    use = Use(owner=ANN, sent=10, burnt=True)
    assert may_have(use, new_owner, NOW + timedelta(days=days_left), NOW) == allowed


def test_a_used_address_moves_only_among_its_owners_pools() -> None:
    used, new = Use(owner=ANN, sent=10, burnt=False), Use(owner=ANN, sent=0, burnt=False)
    assert may_move(used, ANN)
    assert not may_move(used, BOB)
    assert may_move(new, BOB)
