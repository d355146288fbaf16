"""Storage in forms."""

import pytest

from web import gigabytes


@pytest.mark.parametrize("octets", [0, 1, 500_000_000, 1_500_000_000, 5_368_709_120, 10**12])
def test_what_is_shown_is_read_as_the_same(octets: int) -> None:
    assert gigabytes.read(gigabytes.shown(octets)) == octets


@pytest.mark.parametrize(
    ("typed", "octets"),
    [("5", 5 * 10**9), ("0,5", 500_000_000), ("1.5", 1_500_000_000), ("1,000", 10**12), ("1 000", 10**12)],
)
def test_people_write_it_in_their_way(typed: str, octets: int) -> None:
    assert gigabytes.read(typed) == octets


@pytest.mark.parametrize("typed", ["", "-1", "many", "1.2.3", "٣", "9" * 30, "1e9", "."])
def test_what_is_no_number_is_not_guessed(typed: str) -> None:
    assert gigabytes.read(typed) is None
