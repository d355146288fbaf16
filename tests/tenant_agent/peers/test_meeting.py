"""What the agent does when it is told of other nodes."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.loop import DOVECOT_INTERVAL_SECONDS
from tenant_agent.peers.passing import UNKNOWN_WAY
from tenant_agent.project import NOT_HERE, PRESENT, Table
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.peers.certificates import pem_for
from tests.tenant_agent.peers.fleet import peer_of
from tests.tenant_agent.samples import NODE_ID, change, mailbox, removal

FAR = "far@acme.test"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def peers(address: str = "10.77.2.10") -> wire.PeersItem:
    return wire.PeersItem(peers=(peer_of(PEM, "nod_other", address),))


PEM = pem_for("nod_other")


async def test_a_mailbox_whose_node_becomes_known_is_passed_on_from_then(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(FAR, node_id="nod_other")))
    assert bench.tables[Table.ELSEWHERE].rows == {FAR: NOT_HERE}
    await bench.take(3, change(peers()))
    assert bench.tables[Table.ELSEWHERE].rows == {}
    assert bench.tables[Table.PASSED].rows == {FAR: "fleet:[10.77.2.10]"}
    assert FAR in bench.keys_of(Table.USERS)


async def test_a_node_that_moves_is_followed(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(FAR, node_id="nod_other")), change(peers()))
    await bench.take(3, change(peers("10.77.9.9")))
    assert bench.tables[Table.PASSED].rows == {FAR: "fleet:[10.77.9.9]"}
    assert bench.keys_of(Table.PEER_POLICIES) == {"[10.77.9.9]"}


async def test_a_node_that_is_gone_is_trusted_no_more(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(FAR, node_id="nod_other")), change(peers()))
    await bench.take(3, removal(peers()))
    assert bench.tables[Table.PASSED].rows == {FAR: UNKNOWN_WAY}
    for table in (Table.PEER_POLICIES, Table.PEER_CERTIFICATES, Table.PEER_ROOTS, Table.PEER_SETTINGS):
        assert bench.keys_of(table) == set()
    assert bench.tables[Table.ELSEWHERE].rows == {FAR: NOT_HERE}


async def test_a_mailbox_that_moves_here_is_served_with_its_own_item_alone(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(FAR, node_id="nod_other")), change(peers()))
    reloads = bench.reloads, bench.dovecot_reloads
    await bench.take(3, change(mailbox(FAR, node_id=NODE_ID)))
    assert bench.tables[Table.MAILBOXES].rows[FAR] == PRESENT
    assert "proxy=y" not in bench.tables[Table.USERS].rows[FAR]
    assert bench.keys_of(Table.PASSED) == set()
    assert bench.forgotten == [FAR]
    assert (bench.reloads, bench.dovecot_reloads) == reloads


async def test_dovecot_reads_anew_whom_it_may_trust(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(peers()))
    bench.clock.move(DOVECOT_INTERVAL_SECONDS)
    await bench.loop.tick()
    assert bench.dovecot_reloads == 1
    assert not bench.applied.quarantined
