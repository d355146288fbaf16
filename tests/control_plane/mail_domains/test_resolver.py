"""The real resolver against a real, if small, DNS server."""

from collections.abc import AsyncGenerator

import pytest

from control_plane.mail_domains.resolver import LOOP, Answer, DnsResolver
from tests.control_plane.mail_domains.small_dns import serving

ZONE = {
    ("text.test.", "TXT"): ['"first" " second"', '"other"'],
    ("mail.test.", "MX"): ["10 MX.Fleetpost.test.", "20 b.test."],
    ("empty.test.", "A"): ["10.77.0.1"],
    ("nul.test.", "TXT"): ['"before\\000after"'],
    ("odd.test.", "TXT"): ['"\\255\\226\\128\\174 \\195\\164"'],
    ("alias.test.", "CNAME"): ["text.test."],
    ("dangling.test.", "CNAME"): ["nowhere.test."],
    ("left.test.", "CNAME"): ["right.test."],
    ("right.test.", "CNAME"): ["left.test."],
    ("nobody.test.", "MX"): ["0 ."],
    ("_imaps._tcp.test.", "SRV"): ["0 1 993 imap.test."],
    ("long.test.", "TXT"): [" ".join([f'"{"x" * 250}"'] * 40)],
}


@pytest.fixture
async def resolver() -> AsyncGenerator[DnsResolver]:
    async with serving(ZONE) as nameserver:
        yield DnsResolver([nameserver], lookup_seconds=0.3)


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("text.test", "TXT", Answer(("first second", "other"))),  # a record's strings are one text
        ("mail.test", "MX", Answer(("10 MX.Fleetpost.test", "20 b.test"))),
        ("empty.test", "TXT", Answer()),  # the name is there, the type is not
        ("texts" + "x" * 64 + ".test", "TXT", Answer(exists=False)),  # nobody can have such a name
        ("alias.test", "TXT", Answer(("first second", "other"), aliases=("text.test",))),
        ("dangling.test", "TXT", Answer(exists=False, aliases=("nowhere.test",))),
        ("odd.test", "TXT", Answer(("\\xff\\u202e ä",))),  # bytes that are no text, and marks that turn it around
        ("nobody.test", "MX", Answer(("0 .",))),
        ("_imaps._tcp.test", "SRV", Answer(("0 1 993 imap.test",))),
        ("nowhere.test", "TXT", Answer(exists=False)),
        ("nul.test", "TXT", Answer(("before\\x00after",))),  # it could not be stored
        ("long.test", "TXT", Answer(("x" * 4000,))),
    ],
)
async def test_what_dns_holds_is_told(resolver: DnsResolver, name: str, kind: str, answer: Answer) -> None:
    assert await resolver.lookup(name, kind) == answer


@pytest.mark.parametrize("name", ["broken.test", "silent.test", "lame.test"])
async def test_no_answer_is_a_problem_and_not_an_absence(resolver: DnsResolver, name: str) -> None:
    assert (await resolver.lookup(name, "TXT")).problem is not None


async def test_aliases_that_lead_in_a_circle_are_told_as_such(resolver: DnsResolver) -> None:
    assert (await resolver.lookup("left.test", "TXT")).problem == LOOP


async def test_the_next_resolver_is_asked_where_one_fails() -> None:
    async with serving(ZONE) as nameserver:
        resolver = DnsResolver(["127.0.0.1@1", nameserver], lookup_seconds=0.6)
        assert (await resolver.lookup("text.test", "TXT")).values
