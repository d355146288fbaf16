"""Looking at a domain: bounded in number and time, and never in vain."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
import pytest

from control_plane.mail_domains.checkup import Observer, judge, observe, required, standing
from control_plane.mail_domains.checkup.authorities import NameServer
from control_plane.mail_domains.checkup.bounded import MOST_LOOKUPS
from control_plane.mail_domains.checkup.observations import Question
from control_plane.mail_domains.resolver import Answer, FixedResolver, Resolver
from control_plane.mail_domains.schemas import DnsRecord
from tests.control_plane.mail_domains.checkup.world import DELEGATED, NEEDS, SILENCE, Zone, judged, published

RECORDS = required(NEEDS)


class Counting:
    """Passes questions on and counts them."""

    def __init__(self, inner: Resolver) -> None:
        self._inner = inner
        self.asked: list[tuple[str, str]] = []
        self.at_once = self.most_at_once = 0

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        self.asked.append((name, record_type))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return await self._inner.lookup(name, record_type, unchecked=unchecked)


class Silent:
    """Never answers."""

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        await asyncio.Event().wait()
        return SILENCE


async def test_a_domain_that_has_everything_is_sound() -> None:
    assert standing(await judged({}, DELEGATED)) == "sound"
    assert standing(await judged({})) == "sound"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({("_dmarc.acme.test", "TXT"): []}, "flawed"),
        ({("_dmarc.acme.test", "TXT"): SILENCE}, "unknown"),
        ({("_dmarc.acme.test", "TXT"): SILENCE, ("bounce.acme.test", "MX"): []}, "flawed"),
        ({("mail.acme.test", "CNAME"): []}, "sound"),  # recommended only
        ({("default._bimi.acme.test", "TXT"): ["v=BIMI1; l=x"]}, "sound"),  # optional only
    ],
)
async def test_only_what_is_required_makes_a_domain_flawed(changes: Zone, expected: str) -> None:
    assert standing(await judged(changes)) == expected


async def test_nothing_is_asked_twice_and_not_all_at_once() -> None:
    counting = Counting(published(DELEGATED, {}))
    records = required(DELEGATED)
    await observe(Observer(counting), DELEGATED, records)
    assert len(counting.asked) == len(set(counting.asked)) <= 40
    assert counting.most_at_once <= 20


async def test_a_hostile_record_does_not_make_us_ask_without_end() -> None:
    many = {
        ("acme.test", "TXT"): ["v=spf1 " + " ".join(f"mx:m{n}.other.test" for n in range(10))],
        **{(f"m{n}.other.test", "MX"): [f"{place} h{n}x{place}.other.test" for place in range(10)] for n in range(10)},
        **{(f"h{n}x{place}.other.test", "A"): ["198.51.100.1"] for n in range(10) for place in range(10)},
    }
    counting = Counting(published(NEEDS, many))
    seen = await observe(Observer(counting), NEEDS, RECORDS)
    assert len(counting.asked) <= MOST_LOOKUPS
    spf = next(record for record in judge(RECORDS, seen) if record.purpose == "spf")
    assert spf.status == "unknown"


async def test_a_resolver_that_never_answers_costs_little_time_and_leaves_everything_unknown() -> None:
    started = time.monotonic()
    seen = await observe(Observer(Silent()), NEEDS, RECORDS, seconds=0.05)
    assert time.monotonic() - started < 2
    assert {record.status for record in judge(RECORDS, seen)} == {"unknown"}


async def test_what_many_domains_refer_to_is_asked_once() -> None:
    counting = Counting(published(NEEDS, {}))
    observer = Observer(counting)
    await observe(observer, NEEDS, RECORDS)
    first = len(counting.asked)
    other = msgspec.structs.replace(NEEDS, name="other.test")
    await observe(observer, other, required(other))
    again = counting.asked[first:]
    assert ("spf.fleetpost.test", "TXT") in counting.asked[:first]
    assert ("spf.fleetpost.test", "TXT") not in again
    await observe(observer, NEEDS, RECORDS)
    assert counting.asked.count(("acme.test", "TXT")) == 2  # the domain's own records are always asked anew


class FixedAuthorities:
    """Answers by server."""

    def __init__(self, answers: dict[str, dict[Question, Answer]]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, Question]] = []

    async def ask(self, server: NameServer, question: Question) -> Answer:
        self.asked.append((server.name, question))
        return self._answers[server.name].get(question, Answer())


PROOF = ("_fleetpost.acme.test", "TXT")
DMARC = ("_dmarc.acme.test", "TXT")
SERVERS: Zone = {
    ("acme.test", "NS"): ["ns1.host.test", "ns2.host.test"],
    ("ns1.host.test", "A"): ["198.51.100.1"],
    ("ns2.host.test", "A"): ["198.51.100.2"],
}


async def seen_by(
    changes: Zone, answers: Sequence[dict[Question, Answer]]
) -> tuple[dict[str, DnsRecord], FixedAuthorities]:
    """Judge with two name servers; gives the first record of each purpose."""
    authorities = FixedAuthorities({f"ns{place}.host.test": each for place, each in enumerate(answers, 1)})
    observer = Observer(published(NEEDS, {**SERVERS, **changes}), authorities=authorities)
    found = judge(RECORDS, await observe(observer, NEEDS, RECORDS))
    return {record.purpose: record for record in reversed(found)}, authorities


def text(*values: str) -> Answer:
    return Answer(values)


GOOD_PROOF = text("fleetpost-verification=tok")
GOOD_DMARC = text("v=DMARC1; p=none; rua=mailto:r1@reports.fleetpost.test")


async def test_a_sound_domains_servers_are_asked_for_its_proof_only() -> None:
    found, authorities = await seen_by({}, [{PROOF: GOOD_PROOF}] * 2)
    assert authorities.asked == [("ns1.host.test", PROOF), ("ns2.host.test", PROOF)]
    assert found["ownership"].servers == []  # they agree


async def test_what_the_servers_have_already_is_neither_missing_nor_there() -> None:
    found, _ = await seen_by({DMARC: []}, [{PROOF: GOOD_PROOF, DMARC: GOOD_DMARC}] * 2)
    assert found["dmarc"].status == "unknown"
    assert "takes a while" in found["dmarc"].explanation
    assert [server.found for server in found["dmarc"].servers] == [list(GOOD_DMARC.values)] * 2


async def test_servers_that_differ_are_shown_one_by_one() -> None:
    found, _ = await seen_by({DMARC: []}, [{PROOF: GOOD_PROOF, DMARC: GOOD_DMARC}, {PROOF: GOOD_PROOF}])
    assert found["dmarc"].status == "unknown"
    assert "Only 1 of 2" in found["dmarc"].explanation
    assert [(server.server, bool(server.found)) for server in found["dmarc"].servers] == [
        ("ns1.host.test", True),
        ("ns2.host.test", False),
    ]


async def test_a_proof_that_one_server_lacks_is_proof_all_the_same() -> None:
    found, _ = await seen_by({}, [{PROOF: GOOD_PROOF}, {}])
    assert found["ownership"].status == "ok"
    assert len(found["ownership"].servers) == 2


async def test_a_proof_that_only_the_servers_have_is_none_yet() -> None:
    found, _ = await seen_by({PROOF: []}, [{PROOF: GOOD_PROOF}] * 2)
    assert found["ownership"].status == "unknown"


@pytest.mark.parametrize(
    "answer", [text("FLEETPOST-verification=tok"), Answer(aliases=("p.other.test",))], ids=["other case", "an alias"]
)
async def test_what_only_looks_different_is_no_difference(answer: Answer) -> None:
    found, _ = await seen_by({}, [{PROOF: GOOD_PROOF}, {PROOF: answer}])
    assert found["ownership"].servers == []


async def test_lame_servers_are_told_of_but_prove_nothing() -> None:
    lame = Answer(problem="it does not know the zone")
    found, _ = await seen_by({DMARC: []}, [{PROOF: GOOD_PROOF}, {PROOF: lame, DMARC: lame}])
    assert found["dmarc"].status == "missing"
    assert found["ownership"].servers[1].problem == lame.problem


async def test_a_domain_below_a_zone_is_asked_of_the_zones_servers() -> None:
    below = msgspec.structs.replace(NEEDS, name="a.b.acme.test")
    authorities = FixedAuthorities({"ns1.host.test": {}, "ns2.host.test": {}})
    await observe(Observer(published(below, SERVERS), authorities=authorities), below, required(below))
    assert {name for name, _ in authorities.asked} == {"ns1.host.test", "ns2.host.test"}


async def test_no_servers_are_looked_for_above_what_was_registered() -> None:
    resolver = Counting(FixedResolver({}))
    authorities = FixedAuthorities({})
    await observe(Observer(resolver, authorities=authorities), NEEDS, RECORDS)
    assert [name for name, kind in resolver.asked if kind == "NS"] == ["acme.test"]
