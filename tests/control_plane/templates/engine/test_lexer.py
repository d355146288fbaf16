"""Our lexer cuts templates as python-liquid's own does, but for comments, which leave nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid import Environment
from liquid.exceptions import LiquidSyntaxError

from control_plane.templates.engine.lexer import MOST_EXPRESSION, tokenize

theirs = Environment().tokenizer()

PIECES = (
    "text ", "\n", " ", "{{ a }}", "{{- a -}}", "{{a|upcase}}", "{{ a -}}", "{%- if a -%}", "{% endif %}",
    "{% assign x = 1 %}", "{%-for i in a%}", "{% raw %}{{ b }}{% endraw %}", "{%- raw %} {% if %} {% endraw %}", "{ ",
    "}}", "%}", "é",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_tokens_are_the_same_as_python_liquids(source: str) -> None:
    source += "."  # theirs cuts off a line break at the very end once more than it should
    try:
        expected = [(token.kind, token.value) for token in theirs(source)]
    except LiquidSyntaxError:
        with pytest.raises(LiquidSyntaxError):
            list(tokenize(source))
        return
    assert _joined([(token.kind, token.value) for token in tokenize(source)]) == _joined(expected)


def _joined(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join text that stands side by side: where it is cut is of no account."""
    found: list[tuple[str, str]] = []
    for kind, value in tokens:
        if found and kind == found[-1][0] == "content":
            found[-1] = (kind, found[-1][1] + value)
        elif value or kind != "content":
            found.append((kind, value))
    return found


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a{% comment %}b{% endcomment %}c", "ac"),
        ("a{% comment %}{% comment %}x{% endcomment %}{{{% endcomment %}c", "ac"),
        ("a {%- comment -%} b {%- endcomment -%} c", "ac"),
        ("a{% # remark %}c", "ac"),
        ("a {%- raw -%} {{ b }} {%- endraw -%} c", "a{{ b }}c"),
    ],
)
def test_comments_leave_nothing_and_raw_text_is_left(source: str, left: str) -> None:
    assert "".join(token.value for token in tokenize(source)) == left


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ a", "not closed"),
        ("{% if a", "not closed"),
        ("{% raw %}", "endraw"),
        ("{% comment %}", "endcomment"),
        ("{% %}", "needs a name"),
        ("{{ " + "a" * (MOST_EXPRESSION + 1) + " }}", "at most"),
    ],
)
def test_what_is_wrong_is_said(source: str, message: str) -> None:
    with pytest.raises(LiquidSyntaxError, match=message):
        list(tokenize(source))
