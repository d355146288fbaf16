"""How two texts differ."""

import time

from web.text_diff import MOST_LINES, Line, compare


def test_what_changed_is_shown_with_a_little_of_what_is_around() -> None:
    before = "\n".join("abcdefghij")
    assert compare(before, before.replace("e", "E")) == [
        Line("same", "c"),
        Line("same", "d"),
        Line("removed", "e"),
        Line("added", "E"),
        Line("same", "f"),
        Line("same", "g"),
    ]


def test_between_two_places_there_is_a_gap() -> None:
    before = "\n".join("abcdefghijklmn")
    found = compare(before, before.replace("a", "A").replace("n", "N"))
    assert found is not None
    assert [line.kind for line in found].count("gap") == 1


def test_what_is_the_same_has_no_lines() -> None:
    assert compare("a\nb", "a\nb") == []


def test_texts_that_are_too_long_are_not_compared() -> None:
    assert compare("x\n" * (MOST_LINES + 1), "y") is None


def test_comparing_is_over_soon() -> None:
    start = time.thread_time()
    found = compare("a\nb\n" * (MOST_LINES // 2), "b\na\n" * (MOST_LINES // 2))
    assert found is not None
    assert time.thread_time() - start < 3
