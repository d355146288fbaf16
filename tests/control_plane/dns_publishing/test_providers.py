"""Providers with an HTTP API: PowerDNS asked by ourselves, and lexicon's own code for it, here and in its process.

lexicon's own module for PowerDNS lets aliases lead below the zone only, so that those are tried by ourselves alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import TypeAlias

import pytest

from control_plane.core.http import Unresolved, walled_client
from control_plane.dns_publishing.providers import KINDS, Means, ProviderProblem, Zone, dynamic, open_zone
from control_plane.dns_publishing.providers.lexicon_process import Order, Outcome, carry_out
from control_plane.dns_publishing.providers.lexicon_zone import LexiconZone
from control_plane.dns_publishing.record_sets import RecordSet
from control_plane.settings import Settings
from tests.control_plane.dns_publishing.powerdns import TOKEN, PowerDns

APEX = "acme.test"
DOMAIN = f"mail.{APEX}"
KIND = "powerdns"

Open: TypeAlias = Callable[[str], Awaitable[Zone]]


class LexiconHere:
    """A zone that lexicon's code changes in this process, which is quicker than one of its own."""

    def __init__(self, options: dict[str, str], apex: str) -> None:
        self._options = options
        self.apex = apex

    async def read(self, names: Collection[str]) -> list[RecordSet]:
        """List what is there."""
        return (await self.done(Order(kind=KIND, options=self._options, apexes=[self.apex], names=[*names]))).sets

    async def write(self, before: RecordSet, after: RecordSet) -> None:
        """Change a set."""
        await self.done(Order(kind=KIND, options=self._options, apexes=[self.apex], before=before, after=after))

    @staticmethod
    async def done(order: Order) -> Outcome:
        """Carry out an order."""
        outcome = await asyncio.to_thread(carry_out, order)
        if outcome.problem:
            raise ProviderProblem(f"credentials? {outcome.problem}", temporary=outcome.problem == "away")
        return outcome


@pytest.fixture
def server() -> Iterator[PowerDns]:
    """An API with a zone above the domain."""
    with PowerDns(APEX, "else.test").served() as served:
        yield served


@pytest.fixture(params=["ourselves", "lexicon"])
async def opening(request: pytest.FixtureRequest, settings: Settings, server: PowerDns) -> Open:
    """Open the domain's zone with a token, in either way."""

    async def by_ourselves(token: str) -> Zone:
        client = walled_client(settings.egress_allow)
        return await open_zone(Means(client, ()), "powerdns", {"server": server.url, "token": token}, DOMAIN)

    async def by_lexicon(token: str) -> Zone:
        options = {"pdns_server": server.url, "auth_token": token}
        outcome = await LexiconHere.done(Order(kind=KIND, options=options, apexes=[DOMAIN, APEX]))
        return LexiconHere(options, outcome.apex)

    return by_ourselves if request.param == "ourselves" else by_lexicon


async def test_the_nearest_zone_is_opened_and_only_what_was_asked_for_is_read(opening: Open, server: PowerDns) -> None:
    server.put(DOMAIN, "TXT", '"v=spf1 a -all"', zone=APEX)
    server.put(f"www.{APEX}", "A", "192.0.2.1", zone=APEX)
    zone = await opening(TOKEN)
    assert zone.apex == APEX
    [found] = await zone.read({DOMAIN})
    assert (found.name, found.type, found.values) == (DOMAIN, "TXT", ("v=spf1 a -all",))


async def test_a_set_is_changed_and_its_neighbours_are_not(opening: Open, server: PowerDns) -> None:
    server.put(DOMAIN, "TXT", '"v=spf1 a -all"', '"other=1"', zone=APEX)
    server.put(f"www.{DOMAIN}", "TXT", '"mine"', zone=APEX)
    zone = await opening(TOKEN)
    before = RecordSet(DOMAIN, "TXT", ("v=spf1 a -all", "other=1"))
    await zone.write(before, RecordSet(DOMAIN, "TXT", ("v=spf1 a mx -all", "other=1")))
    assert server.values(DOMAIN, "TXT", APEX) == ['"other=1"', '"v=spf1 a mx -all"']
    assert server.values(f"www.{DOMAIN}", "TXT", APEX) == ['"mine"']


async def test_a_value_that_is_refused_costs_none_that_stood_there(opening: Open, server: PowerDns) -> None:
    server.put(DOMAIN, "TXT", '"v=spf1 a -all"', zone=APEX)
    server.refused = "too-much"
    zone = await opening(TOKEN)
    with pytest.raises(ProviderProblem):
        await zone.write(
            RecordSet(DOMAIN, "TXT", ("v=spf1 a -all",)), RecordSet(DOMAIN, "TXT", ("v=spf1 a include:too-much -all",))
        )
    assert server.values(DOMAIN, "TXT", APEX) == ['"v=spf1 a -all"']


@pytest.mark.parametrize(
    ("record_type", "value", "stored"),
    [
        ("TXT", "v=DMARC1; p=none", '"v=DMARC1; p=none"'),
        ("CNAME", f"site.{APEX}", f"site.{APEX}."),
        ("MX", "10 mx.fleet.test", "10 mx.fleet.test."),
        ("SRV", "0 1 993 mail.fleet.test", "0 1 993 mail.fleet.test."),
    ],
)
async def test_what_was_added_is_read_back_and_removed(
    opening: Open, server: PowerDns, record_type: str, value: str, stored: str
) -> None:
    zone = await opening(TOKEN)
    nothing, there = RecordSet(DOMAIN, record_type, ()), RecordSet(DOMAIN, record_type, (value,))
    await zone.write(nothing, there)
    assert server.values(DOMAIN, record_type, APEX) == [stored]
    assert [each.values for each in await zone.read({DOMAIN})] == [(value,)]
    await zone.write(there, nothing)
    assert server.values(DOMAIN, record_type, APEX) == []


async def test_wrong_credentials_are_told_without_repeating_them(opening: Open) -> None:
    with pytest.raises(ProviderProblem) as problem:
        await opening("wrong-token")
    assert "credentials" in problem.value.sentence
    assert "wrong-token" not in problem.value.sentence


async def test_a_provider_that_is_away_is_worth_another_try(opening: Open, server: PowerDns) -> None:
    server.port = 1
    with pytest.raises(ProviderProblem) as problem:
        await opening(TOKEN)
    assert problem.value.temporary


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1:8081", "https://169.254.169.254", "file:///etc/passwd", "/var/run/pdns", "http://[::1]:1", "x",
     "https://user:pass@ns.test", "https://93.184.215.14.nip.invalid"],
)  # fmt: skip
async def test_no_private_address_is_reached(address: str) -> None:
    means = Means(walled_client(()), ())
    with pytest.raises(ProviderProblem):
        await open_zone(means, "powerdns", {"server": address, "token": TOKEN}, DOMAIN)


async def test_a_name_server_whose_name_cannot_be_looked_up_just_now_is_worth_another_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: object) -> None:
        raise Unresolved("nobody answers")

    monkeypatch.setattr(dynamic, "checked_address", away)
    with pytest.raises(ProviderProblem) as problem:
        await dynamic.open_dynamic((), {"server": "ns.acme.test"}, DOMAIN)
    assert problem.value.temporary


def test_what_goes_wrong_in_lexicon_is_told_by_a_word(server: PowerDns) -> None:
    options = {"pdns_server": server.url, "auth_token": TOKEN}
    gone = Order(kind="powerdns", options=options, apexes=["gone.test"])
    assert carry_out(gone).problem == "no_zone"
    assert carry_out(Order(kind="powerdns", options={}, apexes=[APEX])).problem == "odd"


async def test_in_its_own_process_a_set_that_shrinks_loses_what_goes_only(server: PowerDns) -> None:
    server.put(DOMAIN, "MX", "5 a.else.test.", "10 mx.fleet.test.", zone=APEX)
    zone = LexiconZone("powerdns", {"pdns_server": server.url, "auth_token": TOKEN}, APEX)
    before = RecordSet(DOMAIN, "MX", ("5 a.else.test", "10 mx.fleet.test"))
    await zone.write(before, RecordSet(DOMAIN, "MX", ("5 a.else.test",)))
    assert server.values(DOMAIN, "MX", APEX) == ["5 a.else.test."]


def test_every_provider_asks_for_a_secret_and_says_what_for() -> None:
    for kind in KINDS.values():
        assert any(field.secret for field in kind.fields)
        assert kind.hint
