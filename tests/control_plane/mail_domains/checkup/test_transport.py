"""What is said of MTA-STS with its policy, and of where failures of encryption are reported to."""

import pytest

from control_plane.mail_domains.checkup.policy import PolicyAnswer
from tests.control_plane.mail_domains.checkup.world import SERVFAIL, Case, Zone, table, verdict

HOST = ("_mta-sts.acme.test", "TXT")
RPT = ("_smtp._tls.acme.test", "TXT")
OURS = "mailto:r1@reports.fleetpost.test"

ANNOUNCEMENTS: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("a semicolon at the end", {HOST: ["v=STSv1; id=1;"]}, "ok", "Published"),
    ("an id of before", {HOST: ["v=STSv1; id=20200101T000000"]}, "warning", "publish this value"),
    ("beside another text", {HOST: ["hello", "v=STSv1; id=1"]}, "ok", "Published"),
    ("none", {HOST: []}, "missing", "publish it"),
    ("another text", {HOST: ["hello"]}, "wrong", "replace it"),
    ("two", {HOST: ["v=STSv1; id=1", "v=STSv1; id=2"]}, "wrong", "several"),
    ("no id", {HOST: ["v=STSv1;"]}, "wrong", "id="),
    ("a hyphen in the id", {HOST: ["v=STSv1; id=2020-01-01"]}, "wrong", "id="),
    ("an id that is too long", {HOST: [f"v=STSv1; id={'1' * 33}"]}, "wrong", "id="),
    ("small letters", {HOST: ["v=stsv1; id=1"]}, "wrong", "replace it"),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
]
REPORTS: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("others too", {RPT: [f"v=TLSRPTv1; rua=https://other.test/,{OURS}"]}, "ok", "Published"),
    ("others only", {RPT: ["v=TLSRPTv1; rua=mailto:x@other.test"]}, "warning", "do not reach us"),
    ("nobody", {RPT: ["v=TLSRPTv1;"]}, "wrong", "rua="),
    ("an address without mailto", {RPT: [f"v=TLSRPTv1; rua={OURS[7:]}"]}, "wrong", "rua="),
    ("two", {RPT: [f"v=TLSRPTv1; rua={OURS}", "v=TLSRPTv1; rua=mailto:x@other.test"]}, "wrong", "several"),
    ("a tag twice", {RPT: [f"v=TLSRPTv1; rua={OURS}; rua={OURS}"]}, "wrong", "twice"),
    ("another text", {RPT: ["v=TLSRPT1"]}, "wrong", "replace it"),
    ("none", {RPT: []}, "missing", "publish it"),
    ("SERVFAIL", {RPT: SERVFAIL}, "unknown", "checked again"),
]


@pytest.mark.parametrize(("changes", "status", "words"), table(*ANNOUNCEMENTS))
async def test_the_announcement_of_a_policy_is_judged(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("mta_sts", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


@pytest.mark.parametrize(("changes", "status", "words"), table(*REPORTS))
async def test_where_failures_are_reported_to_is_judged(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("tls_rpt", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


def policy(mode: str = "enforce", mx: str = "mx: mx.fleetpost.test", age: str = "604800") -> PolicyAnswer:
    return PolicyAnswer(text=f"version: STSv1\nmode: {mode}\n{mx}\nmax_age: {age}\n")


TWO_HOSTS: Zone = {("acme.test", "MX"): ["10 mx.fleetpost.test", "20 b.other.test"]}

POLICIES = [
    ("enforced", policy(), {}, "ok", "insist"),
    ("lines that end as on the web", PolicyAnswer(text=policy().text.replace("\n", "\r\n")), {}, "ok", "insist"),
    ("tested", policy("testing"), {}, "ok", "test the policy"),
    ("a star", policy(mx="mx: *.fleetpost.test"), {}, "ok", "insist"),
    ("an unknown key", policy(mx="mx: mx.fleetpost.test\nfoo: bar"), {}, "ok", "insist"),
    ("a mode given twice, the first counts", policy(mx="mx: mx.fleetpost.test\nmode: none"), {}, "ok", "insist"),
    ("switched off", policy("none"), {}, "warning", "mode: none"),
    ("forgotten within an hour", policy(age="3600"), {}, "warning", "within a day"),
    ("tested, and a host left out", policy("testing"), TWO_HOSTS, "warning", "does not name b.other.test"),
    ("a host left out", policy(), TWO_HOSTS, "wrong", "refuse to deliver to b.other.test"),
    ("a star is one label only", policy(mx="mx: *.test"), {}, "wrong", "refuse to deliver"),
    ("no host", policy(mx=""), {}, "wrong", "names no mx"),
    ("no version", PolicyAnswer(text="mode: enforce\nmx: mx.fleetpost.test\nmax_age: 86400"), {}, "wrong", "STSv1"),
    ("a mode that is none", policy("strict"), {}, "wrong", "its mode"),
    ("an age that is none", policy(age="a week"), {}, "wrong", "max_age"),
    ("an age beyond a year", policy(age="99999999999999"), {}, "wrong", "max_age"),
    ("a page of a web server", PolicyAnswer(text="<html>"), {}, "wrong", "STSv1"),
    ("empty", PolicyAnswer(text=""), {}, "wrong", "STSv1"),
    ("no certificate for the name", PolicyAnswer(flaw="senders refuse the certificate"), {}, "wrong", "certificate"),
    ("not found", PolicyAnswer(flaw="the answer was 404"), {}, "wrong", "point mta-sts.acme.test to sites"),
    ("no answer", PolicyAnswer(problem="no answer in time"), {}, "unknown", "checked again"),
]


@pytest.mark.parametrize(
    ("answer", "changes", "status", "words"), [pytest.param(*row[1:], id=row[0]) for row in POLICIES]
)
async def test_the_policy_that_senders_get_is_judged(
    answer: PolicyAnswer, changes: Zone, status: str, words: str
) -> None:
    judged = await verdict("mta_sts", changes, policy=answer)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation
