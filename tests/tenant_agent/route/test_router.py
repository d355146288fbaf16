"""Mail whose transport Postfix has no more: it is given another way, from the same address if that is open."""

import sqlite3

import msgspec

from tenant_agent import ledger, rerouting, wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import ManualClock
from tenant_agent.ledger import Delivery
from tenant_agent.relays.breaker import Breaker
from tenant_agent.route import Wait
from tenant_agent.sending import Sending
from tenant_agent.transports import transport_of
from tests.tenant_agent.mail_fixtures import offer
from tests.tenant_agent.mail_fixtures import router as make_router
from tests.tenant_agent.real_postfix import NODE
from tests.tenant_agent.relays.relay_samples import relay

IP = NODE.ips[0]
GENERIC, BIG = transport_of(IP.address), transport_of(IP.address, "big")
BIG_WAY = Assignment(f"{BIG}:", wire.Route(pool_id=IP.pool_id, ip_id=IP.ip_id, provider="big", generation=17))


def queued_by(way: Assignment) -> tuple[sqlite3.Connection, Delivery]:
    """Give a delivery that Postfix has, and the ledger that knows it."""
    batch = offer(["bob@big.test"], pool_id=IP.pool_id)
    db = sqlite3.connect(":memory:")
    db.executescript(ledger.SCHEMA)
    db.executescript(rerouting.SCHEMA)
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    (due,) = ledger.due(db, now_ms=0, most=1, most_bytes=10**9)
    ledger.assign(db, [(due, way)], 17)
    ledger.queued(db, due, "4fKxyz", 0)
    delivery = ledger.by_queue_id(db, "4fKxyz")
    assert delivery is not None
    return db, delivery


def test_mail_of_a_class_that_was_given_up_goes_by_the_address_itself() -> None:
    _, delivery = queued_by(BIG_WAY)
    router = make_router()
    router.set_transports(frozenset({GENERIC, BIG}))
    assert not router.has_closed_ways()
    assert router.another_way(delivery) is None
    router.set_transports(frozenset({GENERIC}))
    assert router.has_closed_ways()
    found = router.another_way(delivery)
    assert found is not None
    assert found.transport == GENERIC


def test_it_is_known_after_a_restart_too_by_what_is_in_the_queue() -> None:
    db, delivery = queued_by(BIG_WAY)
    router = make_router()
    router.set_transports(frozenset({GENERIC}))
    assert not router.has_closed_ways()
    router.remember(rerouting.transports(db))
    assert router.has_closed_ways()
    assert router.another_way(delivery) is not None


def test_an_address_that_is_closed_is_no_way_either() -> None:
    closed = msgspec.structs.replace(IP, status="quarantined")
    others = tuple(msgspec.structs.replace(each, pool_id=IP.pool_id) for each in NODE.ips[1:])
    node = msgspec.structs.replace(NODE, ips=(closed, *others))
    _, delivery = queued_by(BIG_WAY)
    router = make_router(node)
    router.set_transports(frozenset({GENERIC, *(transport_of(each.address) for each in others)}))
    found = router.another_way(delivery)
    assert found is not None
    assert found.transport == transport_of(others[0].address)


def test_what_waits_for_a_relay_that_is_out_for_long_takes_no_room_from_others() -> None:
    db, delivery = queued_by(BIG_WAY)
    db.execute("update deliveries set state = 0")
    router = make_router(sending=Sending(relays=(relay(),)))
    now_ms = ManualClock().now_ms()
    router.relays._breakers["rly_1"] = Breaker(pause_ms=900_000, open_until_ms=now_ms + 900_000)
    found = router.assign(delivery)
    assert isinstance(found, Wait)
    ledger.put_off(db, [ledger.PutOff(delivery, found.until_ms, found.why, 1)])
    assert sum(ledger.not_queued(db, now_ms)) == 0
