"""What is said of SPF records: found at the domain itself, evaluated with all that they refer to."""

import pytest

from tests.control_plane.mail_domains.checkup.world import SERVFAIL, SILENCE, Case, Zone, table, verdict

OURS = "include:spf.fleetpost.test"


def spf(*texts: str, **also: str) -> Zone:
    """Publish these TXT records at the domain, and others below `.other.test`."""
    others = {(f"{name.replace('_', '.')}.other.test", "TXT"): [text] for name, text in also.items()}
    return {("acme.test", "TXT"): list(texts), **others}


def nested(depth: int) -> dict[str, str]:
    """Records that include one another."""
    return {f"n{level}": f"v=spf1 include:n{level + 1}.other.test -all" for level in range(depth)}


GOOD: list[Case] = [
    ("as told", spf(f"v=spf1 {OURS} -all"), "ok", "authorises us by"),
    ("softer", spf(f"v=spf1 {OURS} ~all"), "ok", "authorises us"),
    ("in capitals", spf(f"V=SPF1 {OURS.upper()} -ALL"), "ok", "authorises us"),
    ("merged with own hosts", spf(f"v=spf1 ip4:198.51.100.0/24 {OURS} -all"), "ok", "authorises us"),
    ("beside other texts", spf("google-site-verification=1", f"v=spf1 {OURS} -all"), "ok", "authorises us"),
    (
        "by an include of another's",
        spf("v=spf1 include:a.other.test -all", a=f"v=spf1 {OURS} -all"),
        "ok",
        "a.other.test",
    ),
    ("by redirect", spf("v=spf1 redirect=a.other.test", a=f"v=spf1 {OURS} -all"), "ok", "redirect=a.other.test"),
    ("redirect to us", spf("v=spf1 redirect=spf.fleetpost.test"), "ok", "redirect=spf.fleetpost.test"),
    (
        "addresses instead of our name",
        spf("v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/32 -all"),
        "ok",
        "ip4:203.0.113.0/24",
    ),
    ("an unknown modifier", spf(f"v=spf1 {OURS} moo=x -all"), "ok", "authorises us"),
    ("a macro", spf(f"v=spf1 exists:%{{i}}._spf.%{{d2}} {OURS} -all"), "ok", "authorises us"),
    ("with exp", spf(f"v=spf1 {OURS} exp=explain.acme.test -all"), "ok", "authorises us"),
    ("spaces at the end", spf(f"v=spf1 {OURS} -all  "), "ok", "authorises us"),
]
SUBTLE: list[Case] = [
    ("none", spf("google-site-verification=1"), "missing", "publish it"),
    ("no TXT at all", spf(), "missing", "publish it"),
    ("two", spf(f"v=spf1 {OURS} -all", "v=spf1 -all"), "wrong", "several SPF records"),
    ("us left out", spf("v=spf1 ip4:198.51.100.0/24 -all"), "wrong", f"add {OURS}"),
    ("another name that begins like ours", spf(f"v=spf1 {OURS}.evil.test -all"), "wrong", "leads to no SPF record"),
    ("behind all", spf(f"v=spf1 -all {OURS}"), "wrong", "stands behind “-all”"),
    ("behind what takes everything", spf(f"v=spf1 -ip4:0.0.0.0/0 -ip6:::/0 {OURS} -all"), "wrong", "stands behind"),
    ("with a question mark", spf(f"v=spf1 ?{OURS} -all"), "wrong", "only half"),
    ("with a tilde", spf(f"v=spf1 ~{OURS} -all"), "wrong", "only half"),
    ("with a minus", spf(f"v=spf1 -{OURS} ~all"), "wrong", "only half"),
    ("everybody may", spf(f"v=spf1 {OURS} +all"), "warning", "the whole world"),
    ("everybody may, by a network", spf(f"v=spf1 {OURS} ip4:0.0.0.0/0"), "warning", "the whole world"),
    ("no word on others", spf(f"v=spf1 {OURS}"), "warning", "everybody else"),
    ("a question mark for others", spf(f"v=spf1 {OURS} ?all"), "warning", "everybody else"),
    ("one address family only", spf("v=spf1 ip4:203.0.113.0/24 -all"), "wrong", f"add {OURS}"),
    ("a misspelt mechanism", spf(f"v=spf1 inlcude:a.other.test {OURS} -all"), "wrong", "inlcude"),
    ("a colon too many", spf("v=spf1 include::spf.fleetpost.test -all"), "wrong", "leads to no SPF record"),
    ("a space behind the colon", spf("v=spf1 include: spf.fleetpost.test -all"), "wrong", "not understood"),
    ("commas", spf(f"v=spf1 {OURS}, -all"), "wrong", "not understood"),
    ("an address that is none", spf(f"v=spf1 ip4:203.0.113.300 {OURS} -all"), "wrong", "ip4:203.0.113.300"),
    ("a host name as ip4", spf(f"v=spf1 ip4:mail.acme.test {OURS} -all"), "wrong", "not understood"),
    ("no version", spf(f"spf1 {OURS} -all"), "wrong", "begin with"),
    ("the wrong version", spf(f"v=spf2 {OURS} -all"), "wrong", "begin with"),
    ("glued to the version", spf(f"v=spf1{OURS} -all"), "wrong", "begin with"),
    ("in quotation marks", spf(f'"v=spf1 {OURS} -all"'), "wrong", "quotation marks"),
    ("a curly dash", spf(f"v=spf1 {OURS} –all"), "wrong", "not understood"),
    ("two redirects", spf("v=spf1 redirect=spf.fleetpost.test redirect=a.other.test"), "wrong", "only once"),
    ("an include without a record", spf(f"v=spf1 include:gone.other.test {OURS} -all"), "wrong", "no SPF record"),
    ("an include with two records", {**spf(f"v=spf1 include:a.other.test {OURS} -all"),
                                     ("a.other.test", "TXT"): ["v=spf1 -all", "v=spf1 ~all"]}, "wrong", "a.other.test"),
    ("an include with an error",
     spf(f"v=spf1 include:a.other.test {OURS} -all", a="v=spf1 foo -all"), "wrong", "a.other.test"),
    ("nine look-ups",
     spf(f"v=spf1 {OURS} include:n0.other.test -all", **nested(7), n7="v=spf1 -all"), "warning", "9 of the 10"),
    ("eleven look-ups, we are first",
     spf(f"v=spf1 {OURS} include:n0.other.test -all", **nested(11), n11="v=spf1 -all"), "warning", "never read"),
    ("eleven look-ups, we are last",
     spf(f"v=spf1 include:n0.other.test {OURS} -all", **nested(11), n11="v=spf1 -all"), "wrong", "more than 10"),
    ("three empty answers before us",
     spf(f"v=spf1 a:x.acme.test a:y.acme.test a:z.acme.test {OURS} -all"), "wrong", "more than 2"),
    ("two empty answers before us", spf(f"v=spf1 a:x.acme.test a:y.acme.test {OURS} -all"), "ok", "authorises us"),
    ("our own list is gone",
     {**spf(f"v=spf1 {OURS} -all"), ("spf.fleetpost.test", "TXT"): []}, "warning", "ours to repair"),
    ("our own list lacks an address",
     {**spf(f"v=spf1 {OURS} -all"), ("spf.fleetpost.test", "TXT"): ["v=spf1 ip4:203.0.113.9 -all"]},
     "warning", "ours to repair"),
    ("our own list has an error",
     {**spf(f"v=spf1 {OURS} -all"), ("spf.fleetpost.test", "TXT"): ["v=spf1 ip4:x -all"]}, "warning", "ours to repair"),
]  # fmt: skip
HOSTILE: list[Case] = [
    ("includes itself", spf("v=spf1 include:acme.test -all"), "wrong", "more than 10"),
    ("redirects to itself", spf("v=spf1 redirect=acme.test"), "wrong", "more than 10"),
    ("two that include each other",
     spf("v=spf1 include:a.other.test -all", a="v=spf1 include:b.other.test", b="v=spf1 include:a.other.test"),
     "wrong", "more than 10"),
    ("NUL, spelt out", spf("v=spf1 \\x00 -all"), "wrong", "not understood"),
    ("letters of another script", spf("v=spf1 include:ѕрf.fleetpost.test -all"), "wrong", "not understood"),
    ("a macro without an end", spf("v=spf1 include:%{d -all"), "wrong", "not understood"),
    ("a macro that is only for explanations", spf("v=spf1 exists:%{c}.acme.test -all"), "wrong", "not understood"),
    ("a macro with a huge number",
     spf(f"v=spf1 exists:%{{d{'9' * 300}}}.acme.test {OURS} -all"), "ok", "authorises us"),
    ("a prefix too long", spf(f"v=spf1 a/33 {OURS} -all"), "wrong", "not understood"),
    ("a very long word", spf(f"v=spf1 {'x' * 3000} -all"), "wrong", "not understood"),
    ("a thousand words", spf("v=spf1 " + "ip4:198.51.100.1 " * 200 + f"{OURS} -all"), "ok", "authorises us"),
    ("markup", spf("v=spf1 <script>alert(1)</script> -all"), "wrong", "not understood"),
    ("eleven exchangers",
     {**spf("v=spf1 mx:many.other.test -all"), ("many.other.test", "MX"): [f"{n} h{n}.other.test" for n in range(11)]},
     "wrong", "more than 10 MX records"),
    ("no answer", {("acme.test", "TXT"): SILENCE}, "unknown", "checked again"),
    ("SERVFAIL", {("acme.test", "TXT"): SERVFAIL}, "unknown", "SERVFAIL"),
    ("SERVFAIL of an include before us",
     {**spf(f"v=spf1 include:a.other.test {OURS} -all"), ("a.other.test", "TXT"): SERVFAIL}, "unknown", "again"),
    ("SERVFAIL of our own list",
     {**spf(f"v=spf1 {OURS} -all"), ("spf.fleetpost.test", "TXT"): SERVFAIL}, "unknown", "checked again"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words"), table(*GOOD, *SUBTLE, *HOSTILE))
async def test_an_spf_record_is_evaluated(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("spf", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


async def test_the_return_path_has_a_record_of_its_own() -> None:
    judged = await verdict("return_path_spf", {("bounce.acme.test", "TXT"): ["v=spf1 -all"]})
    assert (judged.status, judged.found) == ("wrong", ["v=spf1 -all"])
