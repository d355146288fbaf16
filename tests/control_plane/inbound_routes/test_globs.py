import time

import pytest

from control_plane.inbound_routes.globs import MOST_PATTERN, fits


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*invoice*", "Your INVOICE of May", True),
        ("invoice", "Your invoice", False),  # all of it must fit
        ("no-?", "no-1", True),
        ("no-?", "no-12", False),
        ("*", "", True),
        ("", "", True),
        ("", "x", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-b-b-d", False),
        ("[a-z]+", "abc", False),  # no regular expressions
    ],
)
def test_a_pattern_fits_all_of_a_text_or_not(pattern: str, text: str, expected: bool) -> None:
    assert fits(pattern, text) is expected


def test_no_pattern_takes_long() -> None:
    started = time.perf_counter()
    assert not fits("*a" * (MOST_PATTERN // 2) + "b", "a" * 100_000)
    assert time.perf_counter() - started < 1
