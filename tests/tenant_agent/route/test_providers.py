"""Whose servers a domain has: found in the background, remembered for a time, and never waited for for long."""

import asyncio

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.route.providers import Hosts, Providers, Unanswered

SHAPING = wire.ShapingItem(
    release="r",
    classes=(
        wire.ProviderClass(name="google", mx_suffixes=(".google.com",), domains=("gmail.com",)),
        wire.ProviderClass(name="generic"),
    ),
)


class Dns:
    """Answers as it is told, and counts."""

    def __init__(self) -> None:
        self.hosts: Hosts | None = Hosts(("aspmx.l.google.com",), 3600)
        self.asked = 0
        self.is_slow = False

    async def look_up(self, domain: str) -> Hosts:
        assert domain
        self.asked += 1
        if self.is_slow:
            await asyncio.Event().wait()
        if self.hosts is None:
            raise Unanswered("SERVFAIL")
        return self.hosts


def made() -> tuple[Providers, Dns, ManualClock]:
    dns, clock = Dns(), ManualClock()
    providers = Providers(dns.look_up, clock)
    providers.set_shaping(SHAPING)
    return providers, dns, clock


def name_of(providers: Providers, domain: str = "acme.test") -> str | None:
    found = providers.of(domain)
    return None if found is None else found.name


async def test_a_domain_belongs_to_whom_its_mail_hosts_belong_to() -> None:
    providers, dns, _ = made()
    assert name_of(providers) is None, "it is being looked up"
    await providers.settled()
    assert name_of(providers) == "google"
    assert name_of(providers) == "google"
    assert dns.asked == 1


async def test_a_domain_that_is_named_needs_no_dns() -> None:
    providers, dns, _ = made()
    assert name_of(providers, "gmail.com") == "google"
    assert dns.asked == 0


async def test_without_classes_by_mail_host_nothing_is_looked_up() -> None:
    providers, dns, _ = made()
    providers.set_shaping(wire.ShapingItem(release="r", classes=()))
    assert name_of(providers) == "generic"
    assert dns.asked == 0


async def test_what_is_remembered_is_refreshed_and_serves_meanwhile() -> None:
    providers, dns, clock = made()
    name_of(providers)
    await providers.settled()
    dns.hosts = Hosts(("mx.acme.test",), 3600)
    clock.move(3601)
    assert name_of(providers) == "google"
    await providers.settled()
    assert name_of(providers) == "generic"


async def test_a_short_time_to_live_is_held_to_five_minutes() -> None:
    providers, dns, clock = made()
    dns.hosts = Hosts(("aspmx.l.google.com",), 1)
    name_of(providers)
    await providers.settled()
    clock.move(299)
    name_of(providers)
    assert dns.asked == 1


async def test_a_resolver_that_fails_makes_it_like_any_other_and_is_asked_again_soon() -> None:
    providers, dns, clock = made()
    dns.hosts = None
    name_of(providers)
    await providers.settled()
    assert name_of(providers) == "generic"
    dns.hosts = Hosts(("aspmx.l.google.com",), 3600)
    clock.move(31)
    name_of(providers)
    await providers.settled()
    assert name_of(providers) == "google"


async def test_what_was_known_holds_while_the_resolver_fails() -> None:
    providers, dns, clock = made()
    name_of(providers)
    await providers.settled()
    dns.hosts = None
    clock.move(3601)
    name_of(providers)
    await providers.settled()
    assert name_of(providers) == "google"


async def test_a_slow_resolver_holds_mail_up_for_a_moment_only() -> None:
    providers, dns, clock = made()
    dns.is_slow = True
    assert name_of(providers) is None
    await asyncio.sleep(0)
    clock.move(2.1)
    assert name_of(providers) == "generic"
    assert dns.asked == 1


async def test_who_makes_up_domains_that_are_slow_to_answer_does_not_fill_the_memory() -> None:
    providers, dns, _ = made()
    dns.is_slow = True
    for number in range(5_000):
        name_of(providers, f"{number}.evil.test")
    assert len(providers._tasks) == 2_000
    assert name_of(providers, "one-more.evil.test") == "generic", "it does not wait for what is not asked"
    for task in list(providers._tasks):
        task.cancel()


async def test_of_very_many_mail_hosts_the_first_are_remembered() -> None:
    providers, dns, _ = made()
    dns.hosts = Hosts(tuple(f"mx{number}.evil.test" for number in range(3_000)), 3600)
    name_of(providers)
    await providers.settled()
    assert len(providers._known["acme.test"].hosts) == 10


async def test_classes_that_change_sort_what_is_remembered_anew() -> None:
    providers, dns, _ = made()
    name_of(providers)
    await providers.settled()
    renamed = wire.ProviderClass(name="workspace", mx_suffixes=(".google.com",))
    providers.set_shaping(wire.ShapingItem(release="r2", classes=(renamed,)))
    assert name_of(providers) == "workspace"
    assert dns.asked == 1
