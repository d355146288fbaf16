"""How much work a node asks for."""

from pathlib import Path

import pytest

from tenant_agent.credit import CreditLine, active_messages


def has_room() -> bool:
    return False


def test_an_empty_node_asks_for_all_it_can_hold() -> None:
    assert CreditLine(500).top_up(held=0, queue_is_full=has_room) == 500


def test_what_was_asked_for_is_not_asked_for_twice() -> None:
    line = CreditLine(500)
    line.top_up(held=0, queue_is_full=has_room)
    assert line.top_up(held=0, queue_is_full=has_room) == 0


@pytest.mark.parametrize(
    ("held", "credit", "remark"),
    [(100, 0, "all offered, none injected yet"), (95, 0, "too little to be worth a frame"), (40, 60, "room again")],
)
def test_room_is_asked_for_as_injections_finish(held: int, credit: int, remark: str) -> None:
    line = CreditLine(100)
    line.top_up(held=0, queue_is_full=has_room)
    line.offered(100)
    assert line.top_up(held=held, queue_is_full=has_room) == credit, remark


def test_a_new_connection_starts_with_nothing_asked_for() -> None:
    line = CreditLine(100)
    line.top_up(held=0, queue_is_full=has_room)
    line.reset()
    assert line.top_up(held=30, queue_is_full=has_room) == 70


def test_a_full_queue_asks_for_nothing() -> None:
    assert CreditLine(100).top_up(held=0, queue_is_full=lambda: True) == 0


def test_active_messages_are_counted_by_their_files(tmp_path: Path) -> None:
    assert active_messages(tmp_path) == 0
    for name in ("incoming/a", "active/b", "active/c", "deferred/d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert active_messages(tmp_path) == 3
