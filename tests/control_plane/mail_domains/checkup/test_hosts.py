"""What is said of names that lead to us, of service records, and of our own sending addresses' names."""

import pytest

from control_plane.mail_domains.schemas import Purpose
from tests.control_plane.mail_domains.checkup.world import DELEGATED, SERVFAIL, Case, Zone, table, verdict

MAIL = ("mail.acme.test", "CNAME")
ADDRESS = ("mail.acme.test", "A")
IMAPS = ("_imaps._tcp.acme.test", "SRV")
CHALLENGE = ("_acme-challenge.acme.test", "CNAME")
REVERSE = ("9.113.0.203.in-addr.arpa", "PTR")
FORWARD = ("out1.fleetpost.test", "A")

ALIASES: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("in capitals", {MAIL: ["IMAP.fleetpost.test"]}, "ok", "Published"),
    ("by way of another", {MAIL: ["m.other.test"], ("m.other.test", "CNAME"): ["imap.fleetpost.test"]}, "ok", ""),
    ("to our host, which is away", {("imap.fleetpost.test", "A"): []}, "ok", "Published"),
    ("our address", {MAIL: [], ADDRESS: ["203.0.113.81"]}, "warning", "may change"),
    ("another address", {MAIL: [], ADDRESS: ["198.51.100.1"]}, "wrong", "replace its addresses"),
    ("our address and another", {MAIL: [], ADDRESS: ["203.0.113.81", "198.51.100.1"]}, "wrong", "replace"),
    ("another alias", {MAIL: ["mail.other.test"]}, "wrong", "an alias for mail.other.test"),
    ("none", {MAIL: []}, "missing", "publish it as CNAME"),
    ("in a circle", {MAIL: ["m.acme.test"], ("m.acme.test", "CNAME"): ["mail.acme.test"]}, "wrong", "in a circle"),
    ("to itself", {MAIL: ["mail.acme.test"]}, "wrong", "in a circle"),
    ("SERVFAIL", {MAIL: [], ADDRESS: SERVFAIL}, "unknown", "checked again"),
]
SERVICES: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("other numbers before the port", {IMAPS: ["5 0 993 imap.fleetpost.test"]}, "ok", "Published"),
    ("another host too", {IMAPS: ["0 1 993 imap.fleetpost.test", "9 1 993 b.other.test"]}, "warning", "other hosts"),
    ("another port", {IMAPS: ["0 1 143 imap.fleetpost.test"]}, "wrong", "let it say 993"),
    ("another host", {IMAPS: ["0 1 993 b.other.test"]}, "wrong", "another host"),
    ("no such service", {IMAPS: ["0 0 0 ."]}, "wrong", "no such service"),
    ("none", {IMAPS: []}, "missing", "publish it as SRV"),
    ("something broken", {IMAPS: ["x"]}, "wrong", "another host"),
    ("SERVFAIL", {IMAPS: SERVFAIL}, "unknown", "checked again"),
]
CHALLENGES: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("another domain's", {CHALLENGE: ["99.acme.dns.fleetpost.test"]}, "wrong", "another host"),
    ("none", {CHALLENGE: []}, "missing", "publish it as CNAME"),
    ("a proof by hand", {CHALLENGE: [], ("_acme-challenge.acme.test", "TXT"): ["x"]}, "missing", "publish it"),
    ("SERVFAIL", {CHALLENGE: SERVFAIL}, "unknown", "checked again"),
]
NAMES: list[Case] = [
    ("as it should be", {}, "ok", "leads back"),
    ("in capitals", {REVERSE: ["OUT1.fleetpost.test"]}, "ok", "leads back"),
    ("two names", {REVERSE: ["a.other.test", "out1.fleetpost.test"]}, "ok", "leads back"),
    ("none", {REVERSE: []}, "missing", "ours to repair"),
    ("another", {REVERSE: ["a.other.test"]}, "wrong", "ours to repair"),
    ("the name leads elsewhere", {FORWARD: ["203.0.113.10"]}, "wrong", "does not lead back"),
    ("the name leads nowhere", {FORWARD: []}, "wrong", "does not lead back"),
    ("nobody knows where the name leads", {FORWARD: SERVFAIL}, "unknown", "checked again"),
    ("SERVFAIL", {REVERSE: SERVFAIL}, "unknown", "checked again"),
]

TABLES: list[tuple[Purpose, list[Case]]] = [
    ("mail_host", ALIASES),
    ("client_srv", SERVICES),
    ("acme", CHALLENGES),
    ("ptr", NAMES),
]


@pytest.mark.parametrize(
    ("purpose", "changes", "status", "words"),
    [
        pytest.param(purpose, *case.values, id=f"{purpose}: {case.id}")
        for purpose, cases in TABLES
        for case in table(*cases)
    ],
)
async def test_a_name_is_judged_by_where_it_leads(purpose: Purpose, changes: Zone, status: str, words: str) -> None:
    judged = await verdict(purpose, changes, DELEGATED)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


@pytest.mark.parametrize("purpose", ["mta_sts_host", "autoconfig", "autodiscover"])
async def test_web_names_are_judged_alike(purpose: Purpose) -> None:
    host = (f"{purpose.replace('_', '-').removesuffix('-host')}.acme.test", "CNAME")
    assert (await verdict(purpose, {})).status == "ok"
    assert (await verdict(purpose, {host: []})).status == "missing"
