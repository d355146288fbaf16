"""When a stricter policy is safe, and what stands in its way."""

from datetime import date

import msgspec
import pytest

from control_plane.reports.advice import DmarcFacts, dmarc_advice, stricter, tls_advice
from control_plane.reports.schemas import DmarcCounts, DmarcSource, Kind, TlsSessions

RECORD = "v=DMARC1; p=none; rua=mailto:token@reports.fleetpost.test"


def counts(messages: int, passed: int) -> DmarcCounts:
    return DmarcCounts(messages=messages, passed=passed)


def source(ip: str, kind: Kind, messages: int, passed: int, days: int = 20, signed: str = "") -> DmarcSource:
    return DmarcSource(
        source_ip=ip,
        kind=kind,
        counts=counts(messages, passed),
        days=days,
        last_day=date(2026, 11, 21),
        dkim_domain=signed,
        spf_domain="",
    )


SOUND = DmarcFacts(record=RECORD, policy="none", percent=100, days=20, totals={"ours": counts(1000, 1000)}, sources=())


def with_(**changes: object) -> DmarcFacts:
    return msgspec.structs.replace(SOUND, **changes)


@pytest.mark.parametrize(
    ("policy", "percent", "record"),
    [
        ("none", 100, "v=DMARC1; p=quarantine; pct=25; rua=mailto:token@reports.fleetpost.test"),
        ("quarantine", 25, "v=DMARC1; p=quarantine; rua=mailto:token@reports.fleetpost.test"),
        ("quarantine", 100, "v=DMARC1; p=reject; rua=mailto:token@reports.fleetpost.test"),
        ("reject", 50, "v=DMARC1; p=reject; rua=mailto:token@reports.fleetpost.test"),
    ],
)
def test_sound_mail_leads_to_the_next_policy(policy: str, percent: int, record: str) -> None:
    advice = dmarc_advice(with_(policy=policy, percent=percent))
    assert (advice.step, advice.record) == ("tighten", record)


def test_nothing_is_stricter_than_to_reject_all() -> None:
    assert dmarc_advice(with_(policy="reject")).step == "done"


@pytest.mark.parametrize(
    "facts",
    [
        with_(policy=""),
        with_(days=13),
        with_(totals={"ours": counts(99, 99)}),
        with_(totals={}),
        with_(totals={"foreign": counts(5000, 0)}),
    ],
    ids=["no report", "few days", "few messages", "none at all", "only of others"],
)
def test_too_little_is_nothing_to_judge_by(facts: DmarcFacts) -> None:
    assert dmarc_advice(facts).step == "wait"


@pytest.mark.parametrize(("passed", "step"), [(990, "tighten"), (989, "fix")])
def test_ninety_nine_of_a_hundred_must_pass(passed: int, step: str) -> None:
    assert dmarc_advice(with_(totals={"ours": counts(1000, passed)})).step == step


def test_the_source_of_most_failures_is_named() -> None:
    sources = (source("192.0.2.1", "ours", 900, 890), source("192.0.2.2", "service", 100, 10))
    advice = dmarc_advice(with_(totals={"ours": counts(900, 890), "service": counts(100, 10)}, sources=sources))
    assert advice.explanation.startswith("90 % of your mail passes")
    assert "192.0.2.2" in advice.explanation


def test_forwarded_mail_that_fails_would_be_lost_too() -> None:
    totals = {"ours": counts(900, 900), "forwarded": counts(100, 0)}
    assert dmarc_advice(with_(totals=totals)).step == "fix"


def test_a_regular_sender_that_signs_as_somebody_else_may_be_a_service() -> None:
    advice = dmarc_advice(with_(sources=(source("192.0.2.9", "foreign", 50, 0, signed="mailer.test"),)))
    assert advice.step == "fix"
    assert "192.0.2.9, which signs as mailer.test, sends as you on 20 days" in advice.explanation


@pytest.mark.parametrize(
    "stranger",
    [
        source("192.0.2.9", "foreign", 5000, 0),
        source("192.0.2.9", "foreign", 5000, 0, days=4, signed="mailer.test"),
        source("192.0.2.9", "foreign", 5, 0, signed="mailer.test"),
    ],
    ids=["signs as nobody", "was seen on few days", "sends next to nothing"],
)
def test_who_only_pretends_stands_in_nobodys_way(stranger: DmarcSource) -> None:
    assert dmarc_advice(with_(sources=(stranger,))).step == "tighten"


def test_a_share_is_never_rounded_up() -> None:
    assert "99.9 %" in dmarc_advice(with_(totals={"ours": counts(100_000, 99_999)})).explanation


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ("v=DMARC1;p=none;sp=none;adkim=s", "v=DMARC1; p=reject; sp=none; adkim=s"),
        ("v=DMARC1; P=none ; PCT=10; rua=mailto:a@b.test", "v=DMARC1; p=reject; rua=mailto:a@b.test"),
        ("", "v=DMARC1; p=reject"),
    ],
)
def test_all_else_in_a_record_stays(record: str, wanted: str) -> None:
    assert stricter(record, "reject", 100) == wanted


def sessions(kind: str, result: str, number: int) -> TlsSessions:
    return TlsSessions(kind=kind, result=result, mx="mx.acme.test", sessions=number, last_day=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("mode", "found", "step"),
    [
        ("enforce", [], "done"),
        ("testing", [sessions("sts", "", 99)], "wait"),
        ("testing", [sessions("sts", "", 100)], "tighten"),
        ("testing", [sessions("sts", "", 10_000), sessions("sts", "certificate-expired", 10)], "tighten"),
        ("testing", [sessions("sts", "", 10_000), sessions("sts", "certificate-expired", 11)], "fix"),
        ("", [sessions("no-policy-found", "", 1000)], "fix"),
    ],
)
def test_mta_sts_is_enforced_once_connections_keep_to_it(mode: str, found: list[TlsSessions], step: str) -> None:
    assert tls_advice(mode, found).step == step


def test_the_commonest_failure_is_named() -> None:
    found = [
        sessions("sts", "", 100),
        sessions("sts", "certificate-expired", 5),
        sessions("sts", "starttls-not-supported", 9),
    ]
    assert "starttls-not-supported at mx.acme.test" in tls_advice("testing", found).explanation
