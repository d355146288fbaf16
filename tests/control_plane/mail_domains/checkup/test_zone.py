"""What is said of the zone as a whole: its signatures, who may issue certificates, and the logo."""

import pytest

from control_plane.mail_domains.checkup import Observer, judge, observe, required
from control_plane.mail_domains.resolver import Answer, FixedResolver
from control_plane.mail_domains.schemas import Purpose
from tests.control_plane.mail_domains.checkup.world import NEEDS, NOTHING, SERVFAIL, Case, Zone, table, verdict

SOA, DS, CAA = ("acme.test", "SOA"), ("acme.test", "DS"), ("acme.test", "CAA")
BIMI, DMARC = ("default._bimi.acme.test", "TXT"), ("_dmarc.acme.test", "TXT")
LOGO = "v=BIMI1; l=https://acme.test/logo.svg"
REJECT = {DMARC: ["v=DMARC1; p=reject; rua=mailto:r1@reports.fleetpost.test"]}

SIGNATURES: list[Case] = [
    ("not signed", {}, "missing", "nothing need be done"),
    ("signed", {SOA: Answer(("x",), authenticated=True), DS: ["1 13 2 AA"]}, "ok", "signatures hold"),
    ("below a signed zone", {SOA: Answer(authenticated=True)}, "ok", "signatures hold"),
    ("signed, and our resolver does not look", {DS: ["1 13 2 AA"]}, "unknown", "does not check"),
    ("servers that fail", {SOA: SERVFAIL}, "unknown", "checked again"),
]
ISSUERS: list[Case] = [
    ("as told", {}, "ok", "may issue"),
    ("none, so everybody may", {CAA: []}, "ok", "Every certificate authority"),
    ("our second authority", {CAA: ['0 issue "sectigo.com"']}, "ok", "may issue"),
    ("ours among others", {CAA: ['0 issue "a.test"', '0 issue "letsencrypt.org"']}, "ok", "may issue"),
    ("with parameters", {CAA: ['0 issue "letsencrypt.org; validationmethods=dns-01"']}, "ok", "may issue"),
    ("in capitals", {CAA: ['0 ISSUE "LetsEncrypt.org"']}, "ok", "may issue"),
    ("an address for complaints only", {CAA: ['0 iodef "mailto:x@acme.test"']}, "ok", "may issue"),
    ("others only", {CAA: ['0 issue "a.test"']}, "wrong", "keep our certificate authority"),
    ("nobody", {CAA: ['0 issue ";"']}, "wrong", "keep our certificate authority"),
    ("wildcards by others", {CAA: ['0 issue "letsencrypt.org"', '0 issuewild "a.test"']}, "warning", "wildcards"),
    ("wildcards by nobody", {CAA: ['0 issue "letsencrypt.org"', '0 issuewild ";"']}, "warning", "wildcards"),
    ("something critical that nobody knows", {CAA: ['128 tbs "x"', '0 issue "letsencrypt.org"']}, "wrong", "critical"),
    ("inherited", {CAA: [], ("test", "CAA"): ['0 issue "a.test"']}, "wrong", "CAA records of test"),
    ("own before inherited", {("test", "CAA"): ['0 issue "a.test"']}, "ok", "may issue"),
    ("something broken", {CAA: ["x"]}, "ok", "may issue"),
    ("SERVFAIL", {CAA: SERVFAIL}, "unknown", "checked again"),
    ("SERVFAIL above", {CAA: NOTHING, ("test", "CAA"): SERVFAIL}, "unknown", "checked again"),
]
LOGOS: list[Case] = [
    ("none", {}, "missing", "nothing need be done"),
    ("with a certificate", {BIMI: [f"{LOGO}; a=https://acme.test/vmc.pem"], **REJECT}, "ok", "Published"),
    ("without a certificate", {BIMI: [LOGO], **REJECT}, "warning", "certificate"),
    ("refused on purpose", {BIMI: ["v=BIMI1; l=; a="]}, "ok", "no logo"),
    ("a policy that asks for nothing", {BIMI: [LOGO]}, "warning", "DMARC policy"),
    ("a policy for a half", {BIMI: [LOGO], DMARC: ["v=DMARC1; p=reject; pct=50"]}, "warning", "DMARC policy"),
    ("not over https", {BIMI: ["v=BIMI1; l=http://acme.test/logo.svg"], **REJECT}, "wrong", "https"),
    ("another kind of picture", {BIMI: ["v=BIMI1; l=https://acme.test/logo.png"], **REJECT}, "wrong", "SVG"),
    ("an address that is none", {BIMI: ["v=BIMI1; l=https://[/logo.svg"], **REJECT}, "wrong", "SVG"),
    ("two", {BIMI: [LOGO, LOGO + "x"]}, "wrong", "several"),
    ("a tag twice", {BIMI: [f"{LOGO}; l=x"]}, "wrong", "twice"),
]

TABLES: list[tuple[Purpose, list[Case]]] = [("dnssec", SIGNATURES), ("caa", ISSUERS), ("bimi", LOGOS)]


@pytest.mark.parametrize(
    ("purpose", "changes", "status", "words"),
    [
        pytest.param(purpose, *case.values, id=f"{purpose}: {case.id}")
        for purpose, cases in TABLES
        for case in table(*cases)
    ],
)
async def test_a_zone_is_judged(purpose: Purpose, changes: Zone, status: str, words: str) -> None:
    judged = await verdict(purpose, changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


async def test_broken_signatures_are_told_from_servers_that_fail() -> None:
    resolver = FixedResolver({SOA: SERVFAIL, DS: SERVFAIL}, unchecked={SOA: Answer(("x",))})
    records = required(NEEDS)
    judged = judge(records, await observe(Observer(resolver), NEEDS, records))
    found = next(record for record in judged if record.purpose == "dnssec")
    assert (found.status, "signatures do not hold" in found.explanation) == ("wrong", True)
