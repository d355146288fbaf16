"""What measures mean for those who ask at every mail."""

from uuid import UUID

import pytest

from control_plane.enforcement.restraint import restraint_of, throttled_hour
from control_plane.enforcement.schemas import Scope, Step

_WHO = UUID(int=1)


@pytest.mark.parametrize(
    ("steps", "status", "throttled", "paused", "risk"),
    [
        ({}, "active", False, (), ()),
        ({"broadcast": "warned"}, "active", False, (), ()),
        ({"broadcast": "throttled"}, "throttled", True, (), ()),
        ({"broadcast": "risk"}, "throttled", True, (), ("broadcast",)),
        ({"broadcast": "paused", "transactional": "warned"}, "throttled", True, ("broadcast",), ()),
        ({"broadcast": "paused", "all": "paused"}, "suspended", True, ("broadcast",), ()),
        ({"broadcast": "none", "all": "none"}, "active", False, (), ()),
    ],
)
def test_the_hardest_step_decides_about_the_account(
    steps: dict[Scope, Step], status: str, throttled: bool, paused: tuple[str, ...], risk: tuple[str, ...]
) -> None:
    found = restraint_of(_WHO, steps)
    assert (found.status, found.throttled, found.paused, found.risk) == (status, throttled, paused, risk)


@pytest.mark.parametrize(
    ("busiest", "limit", "left", "remark"),
    [
        (10_000, None, 2_500, "a quarter of the busiest hour"),
        (10_000, 4_000, 1_000, "of the limit, if that is less"),
        (0, None, 50, "everybody has some left"),
        (100, 80, 50, "everybody has some left"),
    ],
)
def test_who_is_throttled_has_a_quarter_left(busiest: int, limit: int | None, left: int, remark: str) -> None:
    assert throttled_hour(busiest, limit) == left, remark
