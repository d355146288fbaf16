"""A domain's life, step by step, by what its checks find."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from control_plane.mail_domains.life import Life, Proof, Step, proof_of, served, step
from control_plane.mail_domains.schemas import DnsRecord, RecordStatus

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CLAIMED = Life(status="pending", created_at=START)
PROVEN = Life(status="verified", created_at=START, proven_at=START, told="verified")


def found(proof: Proof, mx: RecordStatus = "ok") -> list[DnsRecord]:
    """Give findings: of the proof, and of one more record that is required."""
    statuses: dict[Proof, RecordStatus] = {"seen": "ok", "absent": "missing", "unknown": "unknown"}
    return [
        DnsRecord(type="TXT", host="_fleetpost.acme.test", value="x", purpose="ownership", status=statuses[proof]),
        DnsRecord(type="MX", host="bounce.acme.test", value="x", purpose="return_path", status=mx),
    ]


def after(life: Life, at: datetime, proof: Proof = "seen", mx: RecordStatus = "ok") -> Step:
    """Give the step that a check leads to."""
    return step(life, found(proof, mx), proof, at)


Check: TypeAlias = tuple[timedelta, Proof, RecordStatus]


def course(life: Life, checks: Sequence[Check]) -> tuple[Life, list[str]]:
    """Check again and again; gives the life in the end, and the letters written on the way."""
    letters: list[str] = []
    for when, proof, mx in checks:
        taken = after(life, START + when, proof, mx)
        life = taken.life
        letters += [taken.news] if taken.news else []
    return life, letters


@pytest.mark.parametrize(
    ("before", "proof", "mx", "status"),
    [
        (CLAIMED, "absent", "missing", "pending"),
        (CLAIMED, "unknown", "unknown", "pending"),  # silence is no proof
        (CLAIMED, "seen", "ok", "verified"),
        (CLAIMED, "seen", "wrong", "degraded"),  # proven, and it can be used, but not all is well
        (CLAIMED, "seen", "unknown", "degraded"),  # nobody has seen yet that it is sound
        (PROVEN, "seen", "warning", "verified"),
        (PROVEN, "seen", "missing", "degraded"),
        (PROVEN, "seen", "unknown", "verified"),  # silence is no absence
        (PROVEN, "unknown", "ok", "verified"),
        (PROVEN, "unknown", "wrong", "degraded"),
        (PROVEN, "absent", "ok", "degraded"),
    ],
)
def test_what_a_check_finds_makes_the_status(before: Life, proof: Proof, mx: RecordStatus, status: str) -> None:
    assert after(before, START + DAY, proof, mx).life.status == status


def test_a_claim_expires_after_a_month_and_says_so_before() -> None:
    life, letters = course(
        CLAIMED, [(24 * DAY, "absent", "ok"), (25 * DAY, "absent", "ok"), (27 * DAY, "absent", "ok")]
    )
    assert (life.status, letters) == ("pending", ["expiring"])
    life, letters = course(life, [(30 * DAY, "absent", "ok")])
    assert (life.status, life.has_expired, letters) == ("failed", True, ["expired"])


def test_a_proof_that_is_gone_for_a_week_is_withdrawn() -> None:
    days: list[Check] = [(day * DAY, "absent", "ok") for day in range(1, 8)]
    life, _ = course(PROVEN, days)
    assert (life.status, life.proven_at) == ("degraded", START), "six days after it was first missed"
    lost = after(life, START + 8 * DAY, "absent")
    assert (lost.is_lost, lost.life.status, lost.life.proven_at, lost.news) == (True, "failed", None, "failed")
    assert not lost.life.has_expired


def test_silence_for_weeks_withdraws_nothing() -> None:
    life, letters = course(PROVEN, [(day * DAY, "unknown", "unknown") for day in range(1, 60)])
    assert (life.status, life.proven_at, letters) == ("verified", START, [])


def test_one_absence_and_then_silence_withdraws_nothing() -> None:
    life, _ = course(PROVEN, [(DAY, "absent", "ok"), *((day * DAY, "unknown", "ok") for day in range(2, 30))])
    assert life.proven_at == START
    assert after(life, START + 30 * DAY, "absent").life.proven_at == START, "it has been missed twice in all"


def test_a_proof_that_comes_back_within_the_week_counts_from_its_first_day() -> None:
    life, _ = course(PROVEN, [(DAY, "absent", "ok"), (6 * DAY, "absent", "ok"), (7 * DAY, "seen", "ok")])
    assert (life.status, life.proven_at, life.proof_missing_since, life.checks_failed) == ("verified", START, None, 0)


def test_a_lost_domain_comes_back_with_its_proof() -> None:
    lost = Life(status="failed", created_at=START, proof_missing_since=START, checks_failed=9, told="failed")
    back = after(lost, START + 20 * DAY)
    assert (back.is_newly_proven, back.life.status, back.life.proven_at) == (True, "verified", START + 20 * DAY)
    assert back.news == "recovered"
    assert after(lost, START + 99 * DAY, "absent").life.status == "failed"


def test_a_hiccup_mails_nobody() -> None:
    _, letters = course(PROVEN, [(HOUR, "seen", "missing"), (1.5 * HOUR, "seen", "missing"), (2 * HOUR, "seen", "ok")])
    assert letters == []


def test_what_lasts_is_written_once_and_so_is_its_end() -> None:
    checks: list[Check] = [(hours * HOUR, "seen", "wrong") for hours in range(1, 9)] + [(9 * HOUR, "seen", "ok")]
    assert course(PROVEN, checks)[1] == ["degraded", "recovered"]


def test_a_missing_proof_is_worth_a_letter_of_its_own() -> None:
    checks: list[Check] = [(hours * HOUR, "seen", "wrong") for hours in range(1, 4)]
    checks += [(hours * HOUR, "absent", "wrong") for hours in range(4, 8)]
    checks += [(8 * HOUR, "seen", "wrong"), (9 * HOUR, "seen", "ok")]
    assert course(PROVEN, checks)[1] == ["degraded", "unproven", "recovered"]


def test_the_first_time_that_all_is_well_is_told() -> None:
    assert after(CLAIMED, START + HOUR).news == "verified"
    assert after(after(CLAIMED, START + HOUR).life, START + 2 * HOUR).news is None


def test_a_domain_of_ours_needs_no_proof() -> None:
    assert proof_of([], is_ours=True) == "seen"
    assert proof_of([], is_ours=False) == "unknown"


def test_names_point_to_us_until_dns_says_otherwise() -> None:
    def pointing(status: RecordStatus) -> list[DnsRecord]:
        return [DnsRecord(type="CNAME", host="mail.acme.test", value="x", purpose="mail_host", status=status)]

    assert served([], pointing("ok")) == ["mail_host"]
    assert served(["mail_host"], pointing("unknown")) == ["mail_host"]
    assert served(["mail_host"], pointing("wrong")) == []
    assert served([], pointing("unknown")) == []


_checks = some.lists(
    some.tuples(
        some.timedeltas(timedelta(0), timedelta(days=90)),
        some.sampled_from(["seen", "absent", "unknown"]),
        some.sampled_from(["ok", "warning", "missing", "wrong", "unknown"]),
    )
)


@given(_checks)
def test_whatever_is_found_the_states_fit_together(checks: list[tuple[timedelta, Proof, RecordStatus]]) -> None:
    life, at = CLAIMED, START
    for pause, proof, mx in checks:
        at += pause
        taken = after(life, at, proof, mx)
        assert (taken.life.proven_at is not None) == (taken.life.status in ("verified", "degraded"))
        assert taken.is_lost == (life.proven_at is not None and taken.life.proven_at is None)
        assert not (taken.is_lost and proof != "absent"), "only an absence loses a domain"
        assert not (taken.is_newly_proven and proof != "seen"), "only a proof gives one"
        assert taken.life.flawed_since is None or taken.life.status == "degraded"
        again = after(taken.life, at, proof, mx)
        assert again.news is None or again.is_lost, "nothing is told twice"
        life = msgspec.structs.replace(taken.life)
