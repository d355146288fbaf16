"""Which records a domain needs, and what is said of those that were found."""

import pytest

from control_plane.mail_domains.records import PublicKey, Targets, judge, questions, required
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.schemas import DnsRecord, Purpose, RecordStatus

KEYS = [PublicKey("fp1r", "rsa", "MIIB"), PublicKey("fp1e", "ed25519", "11qY")]
RECORDS = required("acme.test", "tok", KEYS, Targets("mx.fleetpost.test", "spf.fleetpost.test"))


def record(purpose: Purpose) -> DnsRecord:
    return next(each for each in RECORDS if each.purpose == purpose)


def test_the_records_are_ready_to_be_published() -> None:
    assert [(each.type, each.host, each.value) for each in RECORDS] == [
        ("TXT", "_fleetpost.acme.test", "fleetpost-verification=tok"),
        ("TXT", "fp1r._domainkey.acme.test", "v=DKIM1; k=rsa; p=MIIB"),
        ("TXT", "fp1e._domainkey.acme.test", "v=DKIM1; k=ed25519; p=11qY"),
        ("TXT", "acme.test", "v=spf1 include:spf.fleetpost.test -all"),
        ("MX", "bounce.acme.test", "10 mx.fleetpost.test"),
        ("TXT", "bounce.acme.test", "v=spf1 include:spf.fleetpost.test -all"),
        ("TXT", "_dmarc.acme.test", "v=DMARC1; p=none"),
        ("MX", "acme.test", "10 mx.fleetpost.test"),
    ]


def test_what_was_published_as_told_is_ok() -> None:
    answers = {question: Answer() for question in questions(RECORDS)}
    for each in RECORDS:
        answers[each.host, each.type] = Answer((each.value,))
    assert {judge(each, answers).status for each in RECORDS} == {"ok"}


@pytest.mark.parametrize(
    ("purpose", "found", "status"),
    [
        ("ownership", (), "missing"),
        ("ownership", ("fleetpost-verification=other",), "wrong"),
        ("ownership", ("google-site=1", "fleetpost-verification=tok"), "ok"),
        ("dkim", ("v=DKIM1;k=rsa;p=MI IB",), "ok"),  # spaces do not count
        ("spf", ("google-site=1",), "missing"),  # other TXT records are no SPF record
        ("spf", ("v=spf1 include:_spf.example.com ~all",), "wrong"),
        ("spf", ("v=spf1 mx include:spf.fleetpost.test ~all",), "ok"),  # merged with the customer's own
        ("spf", ("v=spf1 include:spf.fleetpost.test.evil -all",), "wrong"),
        ("spf", ("v=spf1 include:spf.fleetpost.test -all", "v=spf1 -all"), "wrong"),  # two: receivers ignore both
        ("receiving", ("5 MX.fleetpost.test",), "ok"),  # the preference is the customer's choice
        ("receiving", ("10 mail.example.com",), "wrong"),
        ("receiving", ("10 mail.example.com", "20 mx.fleetpost.test"), "ok"),
        ("dmarc", ("v=DMARC1; p=reject",), "ok"),  # a stricter policy is welcome
        ("dmarc", ("hello",), "missing"),
    ],
)
def test_what_was_found_is_judged(purpose: Purpose, found: tuple[str, ...], status: RecordStatus) -> None:
    wanted = record(purpose)
    judged = judge(wanted, {(wanted.host, wanted.type): Answer(found)})
    assert judged.status == status
    assert judged.explanation


def test_an_answer_that_did_not_come_is_neither_missing_nor_wrong() -> None:
    wanted = record("spf")
    judged = judge(wanted, {(wanted.host, wanted.type): Answer(problem="Timeout")})
    assert judged.status == "unknown"
