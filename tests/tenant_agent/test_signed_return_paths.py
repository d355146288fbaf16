"""Return paths with a signature, which the node passes on and does not understand: the delivery is their beginning."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tenant_agent import ledger, offers, rerouting, spool, submitted, wire
from tenant_agent.assignment import Assignment
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.account import book
from tenant_agent.maillog.records import Activated
from tenant_agent.offers import Senseless
from tenant_agent.owners import Owners
from tenant_agent.policy import Policy
from tenant_agent.submission import Submissions
from tests.tenant_agent.mail_fixtures import MAC, claim, offer, router, way
from tests.tenant_agent.wire import version_1 as v1


def signed(batch: wire.Offer, mac: str) -> wire.Offer:
    """Sign a batch's return paths with something else."""
    deliveries = tuple(
        msgspec.structs.replace(each, return_token=ledger.token_of(each.delivery_id) + mac) for each in batch.deliveries
    )
    return msgspec.structs.replace(batch, deliveries=deliveries)


def unsigned(batch: wire.Offer) -> wire.Offer:
    """Leave return paths to the node, as an earlier control plane does."""
    deliveries = tuple(msgspec.structs.replace(each, return_token="") for each in batch.deliveries)
    return msgspec.structs.replace(batch, deliveries=deliveries)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for schema in (ledger.SCHEMA, rerouting.SCHEMA, spool.SCHEMA, submitted.SCHEMA):
        connection.executescript(schema)
    yield connection
    connection.close()


def in_hand(db: sqlite3.Connection, batch: wire.Offer, assignment: Assignment | None = None) -> Delivery:
    """Take a batch of one, and have it ready to be injected."""
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    if assignment is None:
        (delivery,) = claim(db).deliveries
    else:
        due = ledger.due(db, now_ms=0, most=1, most_bytes=10**9)
        (delivery,) = ledger.assign(db, [(due[0], assignment)], 17).deliveries
    return delivery


def test_a_mail_leaves_under_what_the_control_plane_signed(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    delivery = in_hand(db, batch)
    token = ledger.token_of(batch.deliveries[0].delivery_id)
    assert (delivery.token, delivery.return_path) == (token, f"{token}{MAC}@bounce.acme.test")
    assert ledger.delivery_id_of(delivery.token) == batch.deliveries[0].delivery_id


def test_what_a_control_plane_does_not_sign_leaves_under_its_id(db: sqlite3.Connection) -> None:
    delivery = in_hand(db, unsigned(offer(["bob@else.test"])))
    assert delivery.return_path == f"{delivery.token}@bounce.acme.test"


def test_what_is_offered_again_under_another_signature_is_the_same_delivery(db: sqlite3.Connection) -> None:
    """The control plane's keys were changed while its answer was lost."""
    batch = offer(["bob@else.test"])
    in_hand(db, batch)
    again = msgspec.structs.replace(signed(batch, "9876543210"), lease_id="lease-again")
    ledger.record_offer(db, again, 0)
    ledger.take(db, again.lease_id)
    assert claim(db).deliveries == ()


@pytest.mark.parametrize(
    "return_token",
    ["x", "ann", "0" * 36, "../" * 12, "é" * 36, MAC * 10],
    ids=["short", "a name", "another's", "a path", "not ascii", "too long"],
)
def test_a_return_path_that_is_not_the_deliverys_own_makes_no_sense(return_token: str) -> None:
    batch = offer(["bob@else.test"])
    odd = msgspec.structs.replace(batch.deliveries[0], return_token=return_token)
    with pytest.raises(Senseless):
        offers.check(msgspec.structs.replace(batch, deliveries=(odd,)))


@pytest.mark.parametrize("mac", ["", MAC, "v" * 38])
def test_one_that_is_may_have_any_signature(mac: str) -> None:
    offers.check(signed(offer(["bob@else.test"]), mac))


def test_an_agent_of_the_first_version_passes_a_signature_over() -> None:
    offered = offer(["bob@else.test"]).deliveries[0]
    read = msgspec.msgpack.decode(wire.encode(offered), type=v1.OfferedDelivery)
    assert (read.delivery_id, read.recipient) == (offered.delivery_id, offered.recipient)


def test_the_log_tells_which_delivery_a_queue_id_is(db: sqlite3.Connection) -> None:
    delivery = in_hand(db, offer(["bob@else.test"]))
    borrowed = Activated("4jXGx30009z8Lz2Pkld", f"{delivery.token}0000000000@evil.test")
    assert book(db, "nod_1", [borrowed]).events == 0
    assert book(db, "nod_1", [Activated("4jXGx30001z8Lz2Pkld", delivery.return_path)]).events == 1


def test_postfix_is_told_the_way_of_the_whole_return_path_only(tmp_path: Path, db: sqlite3.Connection) -> None:
    async def count(*_: object) -> None: ...

    ways = router()
    policy = Policy(ways, Submissions(ways, Owners(tmp_path / "state.db"), count=count))
    delivery = in_hand(db, offer(["bob@else.test"], pool_id="pool_b"))
    ways.assign(delivery)
    assert str(policy.action({"sender": delivery.return_path})).startswith("FILTER ")
    for sender in (f"{delivery.token}@bounce.acme.test", f"{delivery.token}0000000000@bounce.acme.test"):
        assert str(policy.action({"sender": sender})).startswith("DEFER_IF_PERMIT ")
    ways.release(delivery)
    assert str(policy.action({"sender": delivery.return_path})).startswith("DEFER_IF_PERMIT ")


def test_a_login_is_told_for_the_whole_return_path_only(db: sqlite3.Connection) -> None:
    by_relay = msgspec.structs.replace(way(), route=wire.Route(relay_id="rly_1"))
    delivery = in_hand(db, offer(["bob@else.test"]), by_relay)
    assert rerouting.relays_of(db, delivery.return_path) == {"rly_1"}
    assert rerouting.relays_of(db, f"{delivery.token}@bounce.acme.test") == set()
    assert rerouting.relays_of(db, f"{delivery.token}{MAC}@bounce.evil.test") == set()


def test_a_ledger_of_an_earlier_version_goes_on() -> None:
    earlier = re.sub(r"reason text, (.*)\n  return_token .*", r"reason text \1", ledger.SCHEMA)
    earlier = re.sub(r"  transactional .*\n", "", earlier)
    earlier = earlier.replace("deliveries_in_line on deliveries (transactional, ", "deliveries_waiting on deliveries (")
    assert "return_token" not in earlier
    assert "transactional" not in earlier
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(earlier)
    ledger.upgrade(db)
    db.executescript(ledger.SCHEMA)
    assert in_hand(db, offer(["bob@else.test"])).return_local.endswith(MAC)
    db.close()
