"""Mail in the queue that waits for a relay: left alone while it may work soon, and else given another way."""

from tenant_agent import rerouting, wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import ManualClock
from tenant_agent.relays.book import way_to
from tenant_agent.route import Router
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import providers_of, relays_of
from tests.tenant_agent.real_postfix import NODE
from tests.tenant_agent.relays.relay_samples import relay
from tests.tenant_agent.route.test_router import queued_by

FIRST, SECOND = relay("rly_1", host="one.test", mode="fallback"), relay("rly_2", host="two.test", mode="fallback")
SWITCHED = relay("rly_1", host="one.test", mode="fallback", always_for=("acme.test",))
BY_RELAY = Assignment(way_to(FIRST), wire.Route(pool_id="pool_t", relay_id="rly_1", generation=17))


def made(clock: ManualClock, *relays: wire.RelayItem) -> Router:
    router = Router(NODE, 17, providers=providers_of(clock), relays=relays_of(clock), clock=clock)
    router.set_sending(Sending(relays=relays))
    return router


def fail(router: Router, clock: ManualClock, probes: int) -> None:
    """Let the first relay fail, and so many probes after that."""
    for _ in range(3):
        router.relays.failed("rly_1", "connect to one.test: Connection refused")
    _, mail = queued_by(BY_RELAY)
    for _ in range(probes):
        clock.move(1000)
        router.relays.choose(mail.envelope, "else.test", "generic", "x", mode="fallback")
        router.relays.choose(mail.envelope, "else.test", "generic", "x", mode="always")
        router.relays.failed("rly_1", "connect to one.test: Connection refused")


def test_what_waits_for_a_relay_is_left_alone_while_it_may_work_soon() -> None:
    clock = ManualClock()
    router = made(clock, FIRST)
    _, mail = queued_by(BY_RELAY)
    assert router.another_way(mail) is None
    fail(router, clock, probes=0)
    assert not router.has_closed_ways()
    assert router.another_way(mail) is None


def test_when_it_has_failed_for_long_its_mail_leaves_by_an_address_that_is_open_again() -> None:
    clock = ManualClock()
    router = made(clock, FIRST)
    fail(router, clock, probes=2)
    _, mail = queued_by(BY_RELAY)
    assert router.has_closed_ways()
    found = router.another_way(mail)
    assert found is not None
    assert found.route.ip_id == "ip_1"


def test_mail_that_is_to_leave_by_relays_alone_goes_by_another_relay_or_waits() -> None:
    clock = ManualClock()
    router = made(clock, SWITCHED)
    fail(router, clock, probes=2)
    _, mail = queued_by(BY_RELAY)
    assert router.another_way(mail) is None
    router.set_sending(Sending(relays=(SWITCHED, SECOND)))
    found = router.another_way(mail)
    assert found is not None
    assert (found.way, found.route.relay_id) == ("relay-starttls:[two.test]:587", "rly_2")


def test_what_was_to_leave_by_a_relay_that_is_gone_is_not_stranded() -> None:
    clock = ManualClock()
    db, mail = queued_by(BY_RELAY)
    untold = Router(NODE, 17, providers=providers_of(clock), relays=relays_of(clock), clock=clock)
    untold.relays.remember(rerouting.relays(db))
    assert not untold.has_closed_ways(), "nobody has said yet which relays there are"
    untold.set_sending(Sending())
    assert untold.has_closed_ways()
    found = untold.another_way(mail)
    assert found is not None
    assert found.route.ip_id == "ip_1"
