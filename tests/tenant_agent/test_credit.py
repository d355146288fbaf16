"""How much work a node asks for."""

from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.credit import CreditLine, Credits, Held, active_messages
from tests.tenant_agent.mail_fixtures import offer


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


def test_transactional_mail_has_room_that_a_backlog_of_other_mail_cannot_take() -> None:
    asked = Credits(500, lambda: 0)
    assert asked.top_up(Held(0, 0)) == wire.Credit(deliveries=500, transactional=100)
    asked.offered(offer(["bob@else.test"] * 500))
    assert asked.top_up(Held(0, 500)) is None
    asked.offered(msgspec.structs.replace(offer(["eve@else.test"] * 30), transactional=True))
    assert asked.top_up(Held(30, 500)) is None
    assert asked.top_up(Held(10, 480)) == wire.Credit(deliveries=0, transactional=20)


def test_a_control_plane_that_knows_of_one_credit_only_fills_no_more_than_both() -> None:
    asked = Credits(500, lambda: 0)
    asked.top_up(Held(0, 0))
    asked.offered(offer(["bob@else.test"] * 500))
    assert asked.top_up(Held(500, 0)) == wire.Credit(deliveries=100)
    asked.offered(offer(["bob@else.test"] * 100))
    assert asked.top_up(Held(600, 0)) is None


def test_transactional_mail_is_asked_for_while_postfix_is_busy_with_other_mail() -> None:
    assert Credits(500, lambda: 3_000).top_up(Held(0, 0)) == wire.Credit(deliveries=0, transactional=100)
    assert Credits(500, lambda: 4_000).top_up(Held(0, 0)) is None


def test_a_new_connection_starts_with_neither_asked_for() -> None:
    asked = Credits(100, lambda: 0)
    asked.top_up(Held(0, 0))
    asked.reset()
    assert asked.top_up(Held(0, 0)) == wire.Credit(deliveries=100, transactional=20)


def test_active_messages_are_counted_by_their_files(tmp_path: Path) -> None:
    assert active_messages(tmp_path) == 0
    for name in ("incoming/a", "active/b", "active/c", "deferred/d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert active_messages(tmp_path) == 3
