"""Whatever anybody publishes: a verdict comes out, and it can be stored and shown."""

import asyncio
import contextlib
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from control_plane.mail_domains.checkup import Observer, judge, observe, required
from control_plane.mail_domains.checkup.policy import PolicyAnswer
from control_plane.mail_domains.checkup.spf.evaluate import check_host
from control_plane.mail_domains.checkup.tags import TagSyntaxError, parse_tags
from control_plane.mail_domains.dns_client import storable
from control_plane.mail_domains.resolver import Answer, FixedResolver
from tests.control_plane.mail_domains.checkup.world import DELEGATED, NEEDS, FixedPolicies

_SPF = [
    "v=spf1 ",
    "include:",
    "acme.test",
    "redirect=",
    "a:",
    "mx",
    "ptr",
    "exists:%{p}.",
    "%{ir}",
    "ip4:",
    "/33",
    "all",
]
_TAGS = ["v=DKIM1; ", "p=", "k=", "t=y", ";", "=", "v=DMARC1; p=none", "rua=mailto:", "!9t", ",", "v=STSv1;", "id=1"]
_OTHERS = ["v=BIMI1; l=https://[", "0 issue ", '"', "10 ", ".", "3 1 1 ff", "0 1 993 ", "\\x00", "\u202e", "mode: "]
PIECES = st.sampled_from([*_SPF, *_TAGS, *_OTHERS])
PHRASES = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join))
TEXTS = st.one_of(PHRASES.map(lambda text: text.encode(errors="replace")), st.binary(max_size=60)).map(storable)
ANSWERS = st.builds(
    Answer,
    values=st.lists(TEXTS, max_size=3).map(tuple),
    problem=st.sampled_from([None, None, None, "SERVFAIL"]),
    authenticated=st.booleans(),
    aliases=st.lists(TEXTS, max_size=2).map(tuple),
)
QUESTIONS = sorted({(record.host, kind) for needs in (NEEDS, DELEGATED) for record in required(needs)
                    for kind in (record.type, "TXT", "A")})  # fmt: skip
ZONES = st.dictionaries(st.sampled_from(QUESTIONS), ANSWERS, max_size=12)


class Words(FixedResolver):
    """Answers from the table, and that something with an address is a host."""

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        found = await super().lookup(name, record_type, unchecked=unchecked)
        if record_type in ("A", "AAAA"):  # the client gives addresses only where they are
            return msgspec.structs.replace(found, values=())
        return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(zone=ZONES, policy=TEXTS, delegated=st.booleans())
def test_every_record_gets_a_verdict_whatever_is_published(
    zone: dict[tuple[str, str], Answer], policy: str, delegated: bool
) -> None:
    needs = DELEGATED if delegated else NEEDS
    records = required(needs)
    observer = Observer(Words(zone), policies=FixedPolicies(PolicyAnswer(text=policy)))
    judged = judge(records, asyncio.run(observe(observer, needs, records)))
    assert [record.host for record in judged] == [record.host for record in records]
    for record in judged:
        assert record.status != "unchecked"
        assert record.explanation.endswith(".")
        assert "\0" not in record.explanation
        assert len(record.explanation) < 600
        assert len(record.found) <= 20


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 a:x." + "a" * 3900 + "!",
        "v=spf1 a:x." + "a-" * 1900 + "!",
        "v=spf1 exists:" + "%{d}" * 950 + ".acme.test -all",
        "v=spf1 exists:" + "%{i}" * 950 + ".acme.test -all",
        "v=DMARC1; p=" + " " * 3900 + "x",
    ],
)
async def test_no_record_takes_long_to_read(text: str) -> None:
    """What the longest record may say is read again for each of our addresses, and for each that includes it."""
    deep = ".".join(["a"] * 126)
    dns = FixedResolver({(deep, "TXT"): [text]})
    began = time.process_time()
    for _ in range(5):
        await check_host(dns, "2001:db8::1", deep, f"x@{deep}", "mx.test")
        with contextlib.suppress(TagSyntaxError):
            parse_tags(text)
    assert time.process_time() - began < 0.25


@given(st.binary(max_size=300))
def test_any_bytes_can_be_stored_and_shown(data: bytes) -> None:
    text = storable(data)
    assert "\0" not in text
    assert text.isprintable() or text == ""
    text.encode()  # no lone surrogates
