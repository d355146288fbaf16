"""What servers say leads to something for those that they speak for, and for nobody else."""

import msgspec

from tenant_agent import wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import ManualClock
from tenant_agent.maillog.answers import Answer
from tenant_agent.route import Router
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import router as make_router
from tests.tenant_agent.real_postfix import NODE

IP, NOW_MS = NODE.ips[0], ManualClock().now_ms()
GOOGLE = wire.ProviderClass(name="google", mx_suffixes=(".google.com",), domains=("gmail.com",))
GENERIC = wire.ProviderClass(name="generic")
SHAPING = wire.ShapingItem(
    release="r",
    classes=(GENERIC, GOOGLE),
    rules=(
        wire.ReplyRule(name="suspects", pattern="blocked", action="suspend", threshold=2),
        wire.ReplyRule(name="busy", pattern="busy", action="slow", per_minute=1),
    ),
)


def answer(host: str | None, provider: str, *, domain: str = "acme.test", reply: str = "421 blocked") -> Answer:
    return Answer(
        queue_id="4fKxyz",
        domain=domain,
        host=host,
        address=IP.address,
        provider=provider,
        relay_id=None,
        status="deferred",
        dsn="4.7.0",
        reply=reply,
        at_ms=NOW_MS,
    )


def sending(**changes: object) -> Sending:
    return msgspec.structs.replace(Sending(shaping=SHAPING), **changes)


def is_suspended(router: Router, provider: wire.ProviderClass, domain: str) -> bool:
    return router.reactions.limits(IP.ip_id, provider, NOW_MS, domain=domain).suspended_until_ms is not None


def chosen(router: Router, domain: str) -> bool:
    envelope = wire.Envelope(
        tenant_id="ten_1", message_id="", stream="", pool_id=IP.pool_id, domain="own.test", return_domain="own.test"
    )
    return isinstance(router.choose(envelope, domain, GENERIC, "06gtoken"), Assignment)


def test_who_names_a_providers_hosts_beside_its_own_does_not_speak_for_the_provider() -> None:
    router = make_router(sending=sending())
    for _ in range(2):
        router.hear(answer("mx.evil.test", "google"))
    assert not is_suspended(router, GOOGLE, "acme.test")
    for _ in range(2):
        router.hear(answer("aspmx.l.google.com", "google"))
    assert is_suspended(router, GOOGLE, "other.test")


def test_a_domain_that_is_a_providers_by_name_is_so_whatever_its_hosts() -> None:
    router = make_router(sending=sending())
    for host in ("mx.elsewhere.test", None):
        router.hear(answer(host, "google", domain="gmail.com"))
    assert is_suspended(router, GOOGLE, "other.test")


def test_somebodys_own_server_closes_the_way_to_itself_alone() -> None:
    router = make_router(sending=sending())
    for _ in range(2):
        router.hear(answer("mx.evil.test", "generic", domain="evil.test"))
    assert not chosen(router, "evil.test")
    assert chosen(router, "acme.test")


def test_somebodys_own_server_slows_mail_to_itself_alone() -> None:
    router = make_router(sending=sending())
    router.hear(answer("mx.evil.test", "generic", domain="evil.test", reply="450 busy"))
    assert [chosen(router, "evil.test") for _ in range(2)] == [True, False]
    assert all(chosen(router, "acme.test") for _ in range(20))


def test_what_was_counted_towards_a_threshold_outlives_other_relays_and_caps() -> None:
    router = make_router(sending=sending())
    router.hear(answer("aspmx.l.google.com", "google"))
    warmup = wire.WarmupItem(ip_id="ip_9", address="10.0.0.9", step=1, caps={"generic": wire.Cap(1, 1)})
    router.set_sending(sending(warmups=(warmup,)))
    router.hear(answer("aspmx.l.google.com", "google"))
    assert is_suspended(router, GOOGLE, "acme.test")


def test_what_was_in_force_in_a_former_life_goes_on_when_the_rules_are_known() -> None:
    before = wire.Reaction(
        ip_id=IP.ip_id, provider="google", rule="suspects", action="suspend", until_ms=NOW_MS + 9_000
    )
    router = make_router()
    router.restore((before,))
    router.set_sending(Sending())
    router.set_sending(sending())
    assert is_suspended(router, GOOGLE, "acme.test")
