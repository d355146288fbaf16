import pytest

from control_plane.core.errors import Invalid
from control_plane.core.ids import new_uuid
from control_plane.events.position import Position, read, write


def test_a_position_is_read_as_it_was_written() -> None:
    for position in (Position(0), Position(4711, new_uuid()), Position(2**63 - 1, new_uuid())):
        assert read(write(position, 0xDEADBEEF)) == (position, 0xDEADBEEF)


@pytest.mark.parametrize(
    "text", ["", "x", "evt_06f", "é" * 38, "\0", "A" * 37, "A" * 39, write(Position(2**64 - 1), 1), "A" * 100_000]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert [error.path for error in refused.value.errors] == ["after"]
