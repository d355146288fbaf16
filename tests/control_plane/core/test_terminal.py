"""Printing for people and for programs."""

import msgspec
import pytest

from control_plane.core.terminal import show, table


class Thing(msgspec.Struct):
    name: str
    counts: dict[str, int]
    note: str | None = None


def test_columns_are_as_wide_as_their_longest_cell() -> None:
    assert table(("NAME", "N"), [("a", 1), ("longer", 22)]) == "NAME    N\na       1\nlonger  22"


def test_a_thing_is_a_line_for_each_field_or_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    thing = Thing("n1", {"active": 2})
    show(thing, as_json=False)
    show(thing, as_json=True)
    assert capsys.readouterr().out.splitlines() == [
        "name    n1",
        "counts  active 2",
        "note    -",
        '{"name":"n1","counts":{"active":2},"note":null}',
    ]


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\033" not in table(("NAME",), [("\033[2J",)])
