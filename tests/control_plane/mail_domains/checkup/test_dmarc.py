"""What is said of DMARC policies: parsed as receivers do, and compared with how we send."""

from collections.abc import Iterator

import dns.resolver
import msgspec
import pytest
from checkdmarc.dmarc import DMARCError, parse_dmarc_record

from control_plane.mail_domains.checkup.dmarc_record import DmarcSyntaxError, is_dmarc, parse_dmarc
from control_plane.mail_domains.resolver import Answer
from tests.control_plane.mail_domains.checkup.world import NEEDS, SERVFAIL, Case, Zone, table, verdict

HOST = ("_dmarc.acme.test", "TXT")
RUA = "rua=mailto:r1@reports.fleetpost.test"
AUTHORISATION = ("acme.test._report._dmarc.reports.fleetpost.test", "TXT")


def dmarc(*texts: str) -> Zone:
    return {HOST: list(texts)}


CASES: list[Case] = [
    ("as told", dmarc(f"v=DMARC1; p=none; {RUA}"), "ok", "Published"),
    ("stricter", dmarc(f"v=DMARC1; p=reject; {RUA}"), "ok", "Published"),
    ("quarantine for a half", dmarc(f"v=DMARC1; p=quarantine; pct=50; {RUA}"), "ok", "Published"),
    ("without spaces", dmarc(f"v=DMARC1;p=none;{RUA};"), "ok", "Published"),
    ("spaces everywhere", dmarc(f"v = DMARC1 ; p = none ; {RUA}"), "ok", "Published"),
    ("our address in capitals", dmarc(f"v=DMARC1; p=none; {RUA.upper().replace('RUA', 'rua')}"), "ok", "Published"),
    ("reports to others too", dmarc(f"v=DMARC1; p=none; {RUA},mailto:x@other.test"), "ok", "Published"),
    ("reports over https too", dmarc(f"v=DMARC1; p=none; rua=https://other.test/,{RUA[4:]}"), "ok", "Published"),
    ("strict for DKIM, which we sign for the domain itself", dmarc(f"v=DMARC1; p=none; adkim=s; {RUA}"), "ok", ""),
    ("an unknown tag", dmarc(f"v=DMARC1; p=none; x=y; {RUA}"), "ok", "Published"),
    ("another for names that do not exist", dmarc(f"v=DMARC1; p=none; np=reject; {RUA}"), "ok", "Published"),
    ("beside another text", dmarc("hello", f"v=DMARC1; p=none; {RUA}"), "ok", "Published"),
    ("a limit that is large enough", dmarc(f"v=DMARC1; p=none; {RUA}!50m"), "ok", "Published"),
    ("a limit that is small", dmarc(f"v=DMARC1; p=none; {RUA}!100k"), "warning", "limit"),
    ("no reports", dmarc("v=DMARC1; p=none"), "warning", "do not reach us"),
    ("reports to others only", dmarc("v=DMARC1; p=none; rua=mailto:x@other.test"), "warning", "do not reach us"),
    ("another domain's address of ours",
     dmarc("v=DMARC1; p=none; rua=mailto:r2@reports.fleetpost.test"), "warning", "do not reach us"),
    ("strict for SPF", dmarc(f"v=DMARC1; p=reject; aspf=s; {RUA}"), "warning", "take aspf=s out"),
    ("we do not say that we take them", {AUTHORISATION: []}, "warning", "ours to repair"),
    ("we say so in vain", {AUTHORISATION: ["hello"]}, "warning", "ours to repair"),
    ("nobody knows whether we say so", {AUTHORISATION: SERVFAIL}, "ok", "Published"),
    ("none", dmarc(), "missing", "publish it"),
    ("some other text", dmarc("hello"), "missing", "publish it"),
    ("two", dmarc("v=DMARC1; p=none", f"v=DMARC1; p=none; {RUA}"), "wrong", "several"),
    ("no policy", dmarc(f"v=DMARC1; {RUA}"), "wrong", "p= has to come right after"),
    ("the policy last", dmarc(f"v=DMARC1; {RUA}; p=none"), "wrong", "p= has to come right after"),
    ("a policy that is none", dmarc(f"v=DMARC1; p=monitor; {RUA}"), "wrong", "none, quarantine or reject"),
    ("an empty policy", dmarc(f"v=DMARC1; p=; {RUA}"), "wrong", "none, quarantine or reject"),
    ("a sub-domain policy that is none", dmarc(f"v=DMARC1; p=none; sp=all; {RUA}"), "wrong", "sp="),
    ("an address without mailto", dmarc("v=DMARC1; p=none; rua=r1@reports.fleetpost.test"), "warning", "mailto:"),
    ("more than all", dmarc(f"v=DMARC1; p=none; pct=101; {RUA}"), "warning", "pct="),
    ("a percentage with its sign", dmarc(f"v=DMARC1; p=none; pct=50%; {RUA}"), "warning", "pct="),
    ("an alignment that is none", dmarc(f"v=DMARC1; p=none; adkim=strict; {RUA}"), "warning", "adkim="),
    ("a tag twice", dmarc(f"v=DMARC1; p=none; p=reject; {RUA}"), "wrong", "twice"),
    ("commas between", dmarc(f"v=DMARC1, p=none, {RUA}"), "wrong", "begin with"),
    ("small letters", dmarc(f"v=dmarc1; p=none; {RUA}"), "wrong", "capitals"),
    ("in quotation marks", dmarc(f'"v=DMARC1; p=none; {RUA}"'), "wrong", "quotation marks"),
    ("a colon for the equals sign", dmarc(f"v=DMARC1; p:none; {RUA}"), "wrong", "no tag=value"),
    ("a huge number", dmarc(f"v=DMARC1; p=none; ri={'9' * 400}; {RUA}"), "warning", "ri="),
    ("a huge limit", dmarc(f"v=DMARC1; p=none; {RUA}!{'9' * 400}t"), "ok", "Published"),
    ("bytes that are no text", dmarc("v=DMARC1; p=none; \\xff\\x00"), "wrong", "no tag=value"),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
    ("entered with the domain",
     {HOST: [], ("_dmarc.acme.test.acme.test", "TXT"): [f"v=DMARC1; p=none; {RUA}"]}, "missing", "by itself"),
]  # fmt: skip
SHOP = msgspec.structs.replace(NEEDS, name="shop.acme.test")
BELOW: list[Case] = [
    ("the organisation's applies",
     {("_dmarc.shop.acme.test", "TXT"): [], HOST: ["v=DMARC1; p=reject"]}, "warning", "policy of acme.test applies"),
    ("the organisation has none", {("_dmarc.shop.acme.test", "TXT"): []}, "missing", "publish it"),
    ("the organisation has two",
     {("_dmarc.shop.acme.test", "TXT"): [], HOST: ["v=DMARC1; p=none"] * 2}, "missing", "publish it"),
    ("nobody knows", {("_dmarc.shop.acme.test", "TXT"): [], HOST: SERVFAIL}, "unknown", "inherited"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words"), table(*CASES))
async def test_a_policy_is_judged(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("dmarc", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


@pytest.mark.parametrize(("changes", "status", "words"), table(*BELOW))
async def test_below_an_organisations_domain_its_policy_is_inherited(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("dmarc", changes, SHOP)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


# Where checkdmarc judges otherwise: it follows the coming revision of DMARC, in which p= may stand anywhere or be left
# out; it takes off quotation marks, which receivers do not; it refuses a record for an address that receivers would
# only pass over (RFC 7489 §6.3), and for a semicolon too many, which common receivers forgive.
EXCEPTIONS = {
    "no policy",
    "the policy last",
    "v=DMARC1",
    "in quotation marks",
    "an address without mailto",
    "v=DMARC1; p=none;;",
}
MORE = [
    "v=DMARC1; p=reject",
    "v=DMARC1; p=quarantine; sp=none",
    "v=DMARC1; p=none; sp=reject; adkim=s; aspf=s",
    "v=DMARC1; p=REJECT",
    "v=DMARC1; p=none; rua=mailto:a@acme.test,mailto:b@acme.test",
    "v=DMARC1; p=none; rua=mailto:a@acme.test , mailto:b@acme.test",
    "v=DMARC1; p=none; rua=mailto:a@acme.test!10m; ruf=mailto:f@acme.test",
    "v=DMARC1; p=none; rua=mailto:a+b@acme.test",
    "v=DMARC1; p=none; fo=1:d:s",
    "v=DMARC1; p=none; rf=afrf; ri=3600",
    "v=DMARC1; p=none; pct=0",
    "v=DMARC1;p=none;adkim=r;aspf=r;",
    "v=DMARC1; p=none; aspf=S",
    "v=DMARC1; p=none;;",
    "v=DMARC1; p=all",
    "v=DMARC1; p",
    "v=DMARC1; =none",
    "v=DMARC1",
    "v=DMARC2; p=none",
    "DMARC1; p=none",
    "p=none; v=DMARC1",
    "v=DMARC1 p=none",
    "v=spf1 -all",
    "",
]


def _texts() -> Iterator[tuple[str, str]]:
    for remark, zone, _, _ in CASES:
        answer = zone.get(HOST, ())
        if not isinstance(answer, Answer) and len(answer) == 1:
            yield remark, answer[0]
    yield from ((text, text) for text in MORE)


def _theirs(text: str) -> dict[str, object] | None:
    """Let checkdmarc read a record, without any DNS."""
    try:
        tags = parse_dmarc_record(text, "acme.test", resolver=_NoDns())["tags"]
    except DMARCError:
        return None
    reports = (
        [uri["address"].lower() for uri in tags["rua"]["value"] if uri["scheme"] == "mailto"] if "rua" in tags else []
    )
    return {name: tags[name]["value"] for name in ("p", "sp", "adkim", "aspf")} | {"rua": reports}


class _NoDns(dns.resolver.Resolver):
    def __init__(self) -> None:
        super().__init__(configure=False)

    def resolve(self, *args: object, **kwargs: object) -> dns.resolver.Answer:
        raise dns.resolver.NXDOMAIN


def _ours(text: str) -> dict[str, object] | None:
    if not is_dmarc(text):
        return None
    try:
        record = parse_dmarc(text)
    except DmarcSyntaxError:
        return None
    return {
        "p": record.policy,
        "sp": record.subdomain_policy,
        "adkim": record.dkim_alignment,
        "aspf": record.spf_alignment,
        "rua": [each.address.lower() for each in record.reports],
    }


def test_checkdmarc_reads_the_same_from_all_these_records() -> None:
    readings = {remark: (_ours(text), _theirs(text)) for remark, text in _texts()}
    differing = {remark: pair for remark, pair in readings.items() if pair[0] != pair[1]}
    print(f"DMARC: {len(readings) - len(differing)} of {len(readings)} records agree with checkdmarc; not: {differing}")
    assert set(differing) == EXCEPTIONS
