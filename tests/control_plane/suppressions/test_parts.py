"""Uploads are cut at ends of lines, however they come."""

from collections.abc import AsyncGenerator

import pytest

from control_plane.suppressions.parts import PART_BYTES, LineTooLong, parts

LINE = b"somebody@else.test,hard_bounce,,550 5.1.1 No such user here\n"


async def pieces(content: bytes, size: int) -> AsyncGenerator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [777, 64 * 1024, 10 * PART_BYTES])
async def test_parts_hold_whole_lines(size: int) -> None:
    content = LINE * 30_000
    made = [part async for part in parts(pieces(content, size))]
    assert b"".join(made) == content
    assert len(made) > 2
    assert all(part.endswith(b"\n") and len(part) <= PART_BYTES for part in made)


async def test_a_last_line_without_an_end_is_kept() -> None:
    assert [part async for part in parts(pieces(b"a\nb", 1))] == [b"a\nb"]


async def test_nothing_makes_no_part() -> None:
    assert [part async for part in parts(pieces(b"", 1))] == []


async def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(LineTooLong):
        [part async for part in parts(pieces(b"x" * (PART_BYTES + 1), 64 * 1024))]
