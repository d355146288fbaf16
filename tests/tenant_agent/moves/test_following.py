"""What a move changes in the tables while it goes on, and who hears of it."""

from pathlib import Path

import pytest

from tenant_agent.moves.words import CLOSED_LOGIN, CLOSED_WAY
from tenant_agent.project import Table
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.moves.pair import ANN, move
from tests.tenant_agent.samples import NODE_ID, change, mailbox, removal


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_copies_in_use_change_no_row(bench: Bench) -> None:
    await bench.settle_in()
    before = bench.rows_of(Table.USERS)
    await bench.take(2, change(move()))
    assert bench.rows_of(Table.USERS) == before
    assert bench.duties[ANN].pushes


async def test_the_last_copy_closes_the_mailbox_and_giving_up_opens_it(bench: Bench) -> None:
    await bench.settle_in()
    before = bench.rows_of(Table.USERS)
    await bench.take(2, change(move(phase="final", number=3)))
    assert CLOSED_LOGIN in bench.rows_of(Table.USERS)[ANN]
    assert bench.rows_of(Table.PASSED) == {ANN: CLOSED_WAY}
    assert bench.forgotten == [ANN], "whoever is logged in is logged out"
    await bench.take(3, removal(move()))
    assert bench.rows_of(Table.USERS) == before
    assert bench.rows_of(Table.PASSED) == {}
    assert not bench.duties


async def test_a_new_life_finds_the_mailbox_closed(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(move(phase="final")))
    bench.restart()
    await bench.loop.tick()
    assert bench.rows_of(Table.PASSED) == {ANN: CLOSED_WAY}
    assert bench.duties[ANN].move.phase == "final"


async def test_after_the_switch_nothing_is_pushed_from_here(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(move(phase="final")))
    await bench.take(3, change(mailbox(ANN, node_id="nod_b")))
    assert not bench.duties[ANN].pushes
    assert CLOSED_WAY not in bench.rows_of(Table.PASSED).values()


async def test_a_mailbox_that_comes_here_is_not_closed(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(ANN, node_id="nod_b")), change(move(role="target", phase="final")))
    assert bench.duties[ANN].takes
    await bench.take(3, change(mailbox(ANN, node_id=NODE_ID)))
    assert not bench.duties[ANN].takes
    assert "proxy" not in bench.rows_of(Table.USERS)[ANN]


async def test_postfix_is_reloaded_and_waiting_mail_let_go_when_a_mailbox_has_another_way(bench: Bench) -> None:
    await bench.settle_in()
    reloads = bench.reloads
    bench.clock.move(60)
    await bench.take(2, change(move(phase="final")))
    assert bench.reloads == reloads + 1
    assert bench.rerouted == {ANN}


async def test_a_move_that_leads_nowhere_is_refused_and_said_to_be(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(move(number=0)))
    assert [entry.kind for entry in bench.applied.quarantined] == ["move"]
    assert not bench.duties
