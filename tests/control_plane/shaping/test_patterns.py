"""No expression that is taken can search for long."""

import re
import time

import pytest

from control_plane.shaping import patterns
from control_plane.shaping.merge import defaults
from tenant_agent import wire


@pytest.mark.parametrize(
    "pattern",
    [
        r"\[TS\d\d\]",
        r"rate limited|server busy",
        r"too many (concurrent )?connections",
        r"blocked by .{0,60}(spamhaus|barracuda)",
        r"[]a]+b",  # a bracket that comes first is one of the set
        r"[^]\]x]+y",
        r"a{2,9}?b",
        r"RL0+\d",
        r"ünïcödé",
        r"(?:a|b)c",
        r"\{a{2,}b[{}]{3}}",
    ],
)
def test_plain_expressions_are_taken(pattern: str) -> None:
    patterns.check(pattern)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("", "1 to 300"),
        ("a" * 301, "1 to 300"),
        ("(a", "not a regular expression"),
        ("a{99999999999}", "not a regular expression"),
        ("(a+)+b", "Do not repeat"),
        ("(a*)*b", "Do not repeat"),
        ("(a|a)*b", "Do not repeat"),
        ("(a?){40}b", "Do not repeat"),
        ("((a{1,5}){1,5}){1,5}b", "Do not repeat"),
        (".*.*x", "too many ways"),
        ("(a|a)" * 20 + "x", "too many ways"),
        ("a?" * 20 + "x", "too many ways"),
        (".{0,200}.{0,200}x", "too many ways"),
        (r"(a)\1", "References"),
        ("(?:a{,30}){,30}b", "Write repetitions"),
        ("(?:a{1000,2000}){2}b", "Write repetitions"),
        ("a{,3}", "Write repetitions"),
        ("a{", "Write repetitions"),
        (".*.*.*.*x{\N{ARABIC-INDIC DIGIT NINE},1}", "Write repetitions"),  # to Python this is text
        ("(?=a)b", "Of groups"),
        ("(?i)b", "Of groups"),
        ("(?P<x>a)", "Of groups"),
        ("(" * 12 + "x" + ")" * 12, "deep"),
        ("x*", "fits everything"),
        ("a|", "fits everything"),
        ("a\x00b", "control characters"),
        ("a\nb", "control characters"),
    ],
)
def test_what_cannot_be_read_or_could_take_long_is_refused(pattern: str, word: str) -> None:
    with pytest.raises(patterns.BadPattern, match=re.escape(word)):
        patterns.check(pattern)


@pytest.mark.parametrize("pattern", ["a.*b", "a{1,500}b", "(a|b|c)(d|e)f", "a[a-z]{0,400}a[b-y]{0,9}z", "a+$"])
def test_the_worst_that_is_taken_is_quick_on_the_worst_reply(pattern: str) -> None:
    patterns.check(pattern)
    compiled = re.compile(pattern, re.IGNORECASE)
    began = time.process_time()
    for letter in "aAx":
        compiled.search(letter * wire.MOST_REPLY_CHARACTERS)
    assert time.process_time() - began < 1


def test_the_products_own_rules_are_taken() -> None:
    for rule in defaults().rules:
        patterns.check(rule.pattern)
