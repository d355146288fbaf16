import random
import re
import time
from contextlib import suppress

import pytest

from control_plane.inbound_routes.globs import MOST_PATTERN, MOST_STEPS, MOST_TEXT, Glob, OutOfSteps, Steps, fold


def fits(pattern: str, text: str) -> bool:
    return Glob(pattern, Steps()).fits(fold(text))


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
        ("a*a", "a", False),  # no sign counts twice
        ("a*?b?*c", "a-b-b-c", True),
        ("*?a?b*", "a-xa-b!", True),
    ],
)
def test_a_pattern_fits_all_of_a_text_or_not(pattern: str, text: str, expected: bool) -> None:
    assert fits(pattern, text) is expected


def test_no_pattern_takes_long() -> None:
    started = time.perf_counter()
    assert not fits("*a" * (MOST_PATTERN // 2) + "b", "a" * 100_000)
    assert time.perf_counter() - started < 1


def test_it_is_the_same_as_a_regular_expression_that_has_the_time() -> None:
    chance = random.Random(20_261_123)
    for _ in range(5000):
        pattern, text = ("".join(chance.choices(signs, k=chance.randrange(8))) for signs in ("ab*?", "ab"))
        expected = re.fullmatch(pattern.replace("*", ".*").replace("?", "."), text) is not None
        assert fits(pattern, text) is expected, (pattern, text)


@pytest.mark.parametrize(
    "pattern", ["*" + "a?" * 99 + "b", "*" + "a" * 98 + "ba", "*?" * 99 + "b", "*" + "a" * 100 + "?b"]
)
def test_all_that_is_tried_together_shares_its_steps(pattern: str) -> None:
    steps, started, tried = Steps(), time.perf_counter(), 0
    with suppress(OutOfSteps):
        while tried <= MOST_STEPS:
            assert not Glob(pattern, steps).fits("a" * MOST_TEXT)
            tried += 1
    assert tried <= MOST_STEPS
    assert time.perf_counter() - started < 2
