"""Template bombs: each is stopped while it is still small. The time is the thread's own on the processor."""

import gc
import time

import pytest

from control_plane.templates.engine import HTML, TEXT, Meter, Piece, TooMuch, depth_of, weigh
from control_plane.templates.engine.bounds import MOST_CHARACTERS, MOST_ITEMS
from control_plane.templates.fault import Fault

MOST_SECONDS = 0.05
RENDER_SECONDS = 0.03


def stopped(source: str, data: dict[str, object]) -> tuple[str, float]:
    """Have a bomb go off; gives what is said, and how long rendering took.

    What the bomb leaves is collected, and counts. What other tests left is passed over: that alone takes longer.
    """
    piece = Piece(HTML, source)
    gc.freeze()
    start = time.thread_time()
    try:
        with pytest.raises(Fault) as caught:
            piece.render(data, Meter(RENDER_SECONDS), {})
        return caught.value.message, time.thread_time() - start
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("source", "data"),
    [
        pytest.param("{% for i in (1..1000000000) %}x{% endfor %}", {}, id="a long range"),
        pytest.param("{% for i in (1..1000000000) reversed %}x{% endfor %}", {}, id="a long range as a list"),
        pytest.param("{{ (1..1000000000) | join }}", {}, id="a long range in a filter"),
        pytest.param("{{ 'x' | slice: 0, 1 }}{{ (1..99999999999999999999) | size }}", {}, id="no length"),
        pytest.param("{% assign a = 'x' %}" + "{% assign a = a | append: a %}" * 60, {}, id="doubling by append"),
        pytest.param("{% assign a = 'x' %}" + "{% assign a = a | replace: 'x', 'xx' %}" * 60, {}, id="by replace"),
        pytest.param("{% assign a = 'x' %}" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 60, {}, id="capture"),
        pytest.param("{% assign a = 9 %}" + "{% assign a = a | times: a %}" * 60, {}, id="squaring"),
        pytest.param("{{ a | replace: '', a }}", {"a": "x" * 60_000}, id="a text between all letters of itself"),
        pytest.param("{{ a | split: '' | join: a }}", {"a": "x" * 4_900}, id="the same by join"),
        pytest.param("{{ a | split: ',' | uniq | size }}", {"a": ",".join(map(str, range(4_900)))}, id="uniq"),
        pytest.param(
            "{% assign a = l %}" + "{% assign a = a | concat: a %}" * 12 + "{{ a | map: 'x' | size }}",
            {"l": [{"x": list(range(4_000))}]},
            id="a list of many times the same list",
        ),
        pytest.param(
            "{% assign a = l %}" + "{% assign a = a | concat: a %}" * 12 + "{{ a }}", {"l": [{"x": ["y"] * 4_000}]},
            id="written out",
        ),
        pytest.param(
            "{% for a in (1..100) %}" * 3 + "x" + "{% endfor %}" * 3,
            {},
            id="loops in loops",
        ),
        pytest.param(
            ("{% for a in (1..4900) %}" + "{% if 1 == 1 %}{% endif %}" * 50 + "{% endfor %}") * 5, {}, id="blank work"
        ),
        pytest.param("{% for a in (1..4900) %}{{ t }}{% endfor %}", {"t": "<" * 100_000}, id="too long"),
        pytest.param(
            "{% for a in (1..4900) %}{% capture x %}{{ t | escape }}{% endcapture %}{% endfor %}",
            {"t": "<" * 20_000},
            id="much work for nothing",
        ),
        pytest.param(
            "{% for a in (1..4900) %}{% if t contains 'ab' %}{% endif %}{% endfor %}" * 9,
            {"t": "a" * 100_000},
            id="searching",
        ),
        pytest.param("{% cycle l, l %}" * 4_000, {"l": list(range(4_900))}, id="a cycle of lists"),
        pytest.param("{{ t | split: '' | join: ',' }}" * 4_000, {"t": "a" * 4_900}, id="letter by letter"),
        pytest.param("{% for i in (1..2000) %}{{ l | sum }}{% endfor %}", {"l": [0.1] * 4_900}, id="adding up"),
        pytest.param("{{ t | strip_html }}" * 99, {"t": "<" * 120_000}, id="tags that are not closed"),
        pytest.param("{{ 'now' | date: t }}", {"t": "%Y" * 10_000}, id="a long form of a date"),
        pytest.param("{% assign r = (1..999999999) %}{% if r contains 'x' %}{% endif %}", {}, id="a range searched"),
        pytest.param(
            ("{% if " + " and ".join(["l == m"] * 40) + " %}{% endif %}") * 80,
            {"l": [f"x{n:024}" for n in range(2_400)], "m": [f"x{n:024}" for n in range(2_400)]},
            id="lists compared",
        ),
        pytest.param(
            "{% for i in (1..4000) %}{% case l %}{% when " + ", ".join(["m"] * 160) + " %}{% endcase %}{% endfor %}",
            {"l": [[n] for n in range(1_200)], "m": [[n] for n in range(1_200)]},
            id="lists in a case",
        ),
        pytest.param(
            ("{% if " + " or ".join(["t contains u"] * 30) + " %}{% endif %}") * 80,
            {"t": "a" * 80_000, "u": "a" * 20_000 + "b" + "a" * 20_000},
            id="a long text searched",
        ),
        pytest.param("{{ 1e400 | ceil }}{{ 'inf' | ceil }}", {}, id="infinity"),
    ],
)  # fmt: skip
def test_a_bomb_is_stopped(source: str, data: dict[str, object]) -> None:
    message, seconds = stopped(source, data)
    assert message
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize(
    "source",
    [
        "{% raw %}" * 50_000,
        "{% comment %}" * 30_000,
        "{% comment %}" + "{{" * 200_000,
        "{{" + " " * 400_000 + "}}",
        "{{ a" * 100_000,
        "{" * 500_000,
        "{{ x }}" * 6_000,
        "{{ '" + '"' * 400 + "}}" * 1_000,
        "{{ " + "(" * 490 + " }}",
        "{% if a %}" * 1_000,
        "{% if " + "a and " * 80 + "a %}{% endif %}" * 10_000,
        "{{ " + "a[" * 240 + " }}",
        "{% for i in a %}{% unless b and (1..999999999) contains 'x' %}{% endunless %}{% endfor %}",
        "{% case a %}{% when 1 %}{% if a %}{% elsif (1..b) contains 1.5 or a %}{% endif %}{% endcase %}",
    ],
)
def test_what_is_no_template_is_refused_while_it_is_read(source: str) -> None:
    start = time.thread_time()
    with pytest.raises(Fault):
        Piece(HTML, source)
    assert time.thread_time() - start < 1, "it is read in a thread of its own, once"


def test_a_template_that_does_much_is_stopped_by_the_clock() -> None:
    times = iter(range(1_000_000))
    meter = Meter(4, lambda: next(times), lambda: next(times))
    with pytest.raises(Fault, match="takes too long"):
        Piece(TEXT, "{% for i in (1..4000) %}{{ i }}{% endfor %}").render({}, meter, {})


@pytest.mark.parametrize(
    "value",
    ["x" * (MOST_CHARACTERS + 1), ["x"] * (MOST_ITEMS + 1), [["x"] * 200] * 200, {"a": "x" * MOST_CHARACTERS},
     [{"a": "x" * 1000}] * 200, range(10**30), 10**40, [10**40]],
)  # fmt: skip
def test_what_is_too_large_is_not_worked_on(value: object) -> None:
    with pytest.raises(TooMuch):
        weigh(value)


@pytest.mark.parametrize(
    ("value", "weight"), [("x", 1), (5, 2), (["x", "y"], 4), ({"a": {"b": 1}}, 4), (range(1, 4), 5), (None, 2)]
)
def test_what_is_worked_on_has_a_weight(value: object, weight: int) -> None:
    assert weigh(value) == weight


@pytest.mark.parametrize(("value", "depth"), [("x", 1), ([1], 2), ({"a": [1]}, 3), ([[], [[1]]], 4)])
def test_depth_is_that_of_the_deepest_part(value: object, depth: int) -> None:
    assert depth_of(value) == depth


def test_depth_is_not_followed_for_ever() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert depth_of(deep) == 33
    while deep:  # so that nothing else follows it when it is let go
        deep = deep.pop()  # type: ignore[assignment]


def test_a_machine_that_is_busy_stops_nobody() -> None:
    """The wall's time passes, the thread's own hardly does."""
    wall = iter(range(0, 1_000_000_000, 1_000))
    noted: dict[str, None] = {}
    meter = Meter(4, lambda: next(wall), lambda: 0.0)
    assert Piece(TEXT, "{% for i in (1..500) %}x{% endfor %}").render({}, meter, noted) == "x" * 500
