"""Rules that let fewer connections be: as many mails are handed over at once, and more when their answers come."""

import msgspec

from tenant_agent import wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import ManualClock
from tenant_agent.ledger import Delivery, State
from tenant_agent.route import Router, Wait
from tenant_agent.route.under_way import UnderWay
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import new_token, providers_of, relays_of
from tests.tenant_agent.real_postfix import NODE
from tests.tenant_agent.relays.relay_samples import envelope
from tests.tenant_agent.route.test_hearing import GENERIC, IP, answer

GOOGLE = wire.ProviderClass(name="google", domains=("gmail.com",))
RULE = wire.ReplyRule(name="fewer", pattern="too many connections", action="slow", connections=2, for_seconds=600)
SHAPING = wire.ShapingItem(release="r", classes=(GENERIC, GOOGLE), rules=(RULE,))


def made(clock: ManualClock) -> Router:
    node = msgspec.structs.replace(NODE, ips=NODE.ips[:1])
    router = Router(node, 17, providers=providers_of(clock), relays=relays_of(clock), clock=clock)
    router.set_sending(Sending(shaping=SHAPING))
    return router


def delivery(domain: str) -> Delivery:
    return Delivery(
        seq=1, token=new_token(), lease=1, message=1, recipient=f"bob@{domain}", state=State.WAITING, tries=0,
        generation=17, attempts=0, last_event_ms=0, envelope=envelope(pool_id=IP.pool_id),
    )  # fmt: skip


def slow_down(router: Router) -> None:
    router.hear(answer(None, "google", domain="gmail.com", reply="421 too many connections"))


def test_as_many_go_at_once_as_the_rule_lets_and_the_next_when_one_was_tried() -> None:
    clock = ManualClock()
    router = made(clock)
    slow_down(router)
    mails = [delivery("gmail.com") for _ in range(3)]
    *gone, third = [router.assign(mail) for mail in mails]
    assert all(isinstance(each, Assignment) for each in gone)
    assert isinstance(third, Wait)
    assert "under way as the rule fewer lets it" in third.why
    assert third.until_ms == clock.now_ms() + 1000
    done = msgspec.structs.replace(answer(None, "google", domain="gmail.com"), status="sent", token=mails[0].token)
    router.hear(done)
    assert isinstance(router.assign(mails[2]), Assignment)


def test_it_holds_for_that_class_alone_and_no_longer_than_the_rule_says() -> None:
    clock = ManualClock()
    router = made(clock)
    slow_down(router)
    assert all(isinstance(router.assign(delivery("else.test")), Assignment) for _ in range(5))
    found = [router.assign(delivery("gmail.com")) for _ in range(3)]
    assert isinstance(found[-1], Wait)
    clock.move(601)
    assert isinstance(router.assign(delivery("gmail.com")), Assignment)


def test_what_could_not_be_handed_over_makes_room() -> None:
    router = made(ManualClock())
    slow_down(router)
    first, *others = [delivery("gmail.com") for _ in range(3)]
    way = router.assign(first)
    assert isinstance(way, Assignment)
    router.take_back(first.token, way)
    assert all(isinstance(router.assign(each), Assignment) for each in others)


def test_an_answer_that_is_lost_is_not_waited_for_for_ever() -> None:
    under_way = UnderWay()
    under_way.begin("a", "way", 0.0)
    under_way.begin("b", "way", 500.0)
    assert under_way.count("way", 500.0) == 2
    assert under_way.count("way", 700.0) == 1
    under_way.end("b")
    under_way.end("b")
    assert under_way.count("way", 700.0) == 0
