from ipaddress import ip_address

import pytest

from control_plane.core.address_order import in_turn, share
from control_plane.core.http import Address

FOURS = [ip_address(f"192.0.2.{number}") for number in range(1, 7)]
SIXES = [ip_address(f"2001:db8::{number}") for number in range(1, 7)]


@pytest.mark.parametrize(
    ("addresses", "tried"),
    [
        (SIXES[:1] + FOURS[:1], [FOURS[0], SIXES[0]]),  # as DNS gives them: IPv6 first
        (SIXES, SIXES[:4]),
        (FOURS, FOURS[:4]),
        (SIXES + FOURS, [FOURS[0], SIXES[0], FOURS[1], SIXES[1]]),
        (SIXES + FOURS[:1], [FOURS[0], *SIXES[:3]]),
        (SIXES[:1] + FOURS, [FOURS[0], SIXES[0], *FOURS[1:3]]),
    ],
)
def test_a_few_are_tried_of_both_families_ipv4_first(addresses: list[Address], tried: list[Address]) -> None:
    assert in_turn(addresses) == tried


def test_all_of_them_together_get_as_long_as_one_would() -> None:
    left, given = 10.0, []
    for others in (3, 2, 1, 0):
        given.append(share(left, others))
        left -= given[-1]
    assert given == [5, 2.5, 1.25, 1.25]
