"""One piece of a template: what comes of it, what is noted, what is wrong with it."""

import pytest

from control_plane.templates.engine import HTML, TEXT, Meter, Piece
from control_plane.templates.fault import Fault

DATA: dict[str, object] = {
    "user": {"name": "Ann <Ann & Co>", "tags": ["b", "a"]},
    "n": 3,
    "odd": {"<": 1},
    "rows": [{"title": "x"}, {"title": "y"}],
    "nothing": "",
}


def rendered(source: str, *, html: bool = False) -> tuple[str, list[str]]:
    noted: dict[str, None] = {}
    return Piece(HTML if html else TEXT, source).render(DATA, Meter(1), noted), list(noted)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ user.name }}", "Ann <Ann & Co>"),
        ("{% for row in rows %}{{ row.title }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "x, y"),
        ("{% if n > 2 and user.name %}many{% else %}few{% endif %}", "many"),
        ("{% case n %}{% when 3 %}three{% else %}other{% endcase %}", "three"),
        ("{% assign x = n | times: 2 %}{{ x | plus: 1 }}", "7"),
        ("{% capture x %}<{{ n }}>{% endcapture %}{{ x }}", "<3>"),
        ("{{ user.tags | sort | join: ', ' }}", "a, b"),
        ("{{ rows | map: 'title' | join: '' | upcase }}", "XY"),
        ("{{ '2026-03-02T09:30:00+02:00' | date: '%d.%m.%Y %H:%M' }}", "02.03.2026 09:30"),
        ("{{ 0 | date: '%Y' }}", "1970"),
        ("{{ 'not a date' | date: '%Y' }}", "not a date"),
        ("{{ '<b>x</b> y' | strip_html }}", "x y"),
        ("{{ 'a b&c' | url_encode }}", "a+b%26c"),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "ab"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"),
        ("{{ gone | default: 'friend' }}", "friend"),
        ("{{ nothing | default: 'friend' }}", "friend"),
        ("{{ user.tags.first }} {{ user.tags.size }} {{ user['name'] | size }}", "b 2 14"),
    ],
)
def test_liquid_is_filled_in(source: str, expected: str) -> None:
    assert rendered(source) == (expected, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ user.name }}", "Ann &lt;Ann &amp; Co&gt;"),
        ("{{ user.name | upcase }}", "ANN &lt;ANN &amp; CO&gt;"),
        ("{{ user.name | append: '<br>' }}", "Ann &lt;Ann &amp; Co&gt;<br>"),
        ("{{ user.name | safe }}", "Ann <Ann & Co>"),
        ("{% assign x = user.name %}<a title='{{ x }}'>", "<a title='Ann &lt;Ann &amp; Co&gt;'>"),
        ("{{ user.tags }}{{ odd }}", "ba{&#39;&lt;&#39;: 1}"),
        ("{{ user.name | escape }}", "Ann &lt;Ann &amp; Co&gt;"),
        ("{{ user.name | newline_to_br }}", "Ann &lt;Ann &amp; Co&gt;"),
    ],
)  # fmt: skip
def test_values_are_escaped_in_html(source: str, expected: str) -> None:
    assert rendered(source, html=True) == (expected, [])


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("{{ gone }}{{ user.gone }}{{ gone.deeper }}", ["gone", "user.gone", "gone.deeper"]),
        ("{{ user.tags[7] }}", ["user.tags[7]"]),
        ("{{ gone | upcase }}{{ gone2 | times: 2 }}", ["gone", "gone2"]),
        ("{% for x in gone %}{{ x }}{% endfor %}", ["gone"]),
        ("{% if gone %}x{% endif %}{% if gone == nil %}{% endif %}{{ gone | default: 1 }}", []),
        ("{{ now }}{{ today }}", ["now", "today"]),
        ("{{ gone }}{{ gone }}", ["gone"]),
    ],
)
def test_what_was_needed_and_is_absent_is_noted(source: str, paths: list[str]) -> None:
    assert rendered(source)[1] == paths


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\n\n{% if %}", "Line 3: "),
        ("a\n{% for %}", "Line 2: "),
        ("\n{{ x | shout }}", "Line 2: there is no filter 'shout'"),
        ("{% include 'x' %}", "Line 1: unexpected tag 'include'"),
        ("{% render 'x' %}", "Line 1: unexpected tag 'render'"),
        ("{% liquid assign x = 1 %}", "Line 1: unexpected tag 'liquid'"),
        ("{{ x | base64_decode }}", "there is no filter"),
        ("{{ 1 | divided_by: 0 }}", "Line 1: divided_by: can't divide by 0"),
        ("{{ 'x' | slice: 'y' }}", "Line 1: slice expected an integer"),
        ("{{ '-1e9999' | floor }}", "cannot be worked out"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        rendered(source)
    assert message in caught.value.message
    assert caught.value.message.endswith((".", "documentation."))
