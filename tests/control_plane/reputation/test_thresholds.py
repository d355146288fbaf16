"""Rates of bounces and complaints, and when there is enough mail to say anything."""

import pytest

from control_plane.reputation.thresholds import Fared, advise


@pytest.mark.parametrize(
    ("delivered", "bounced", "complained", "expected"),
    [
        (990, 10, 0, []),
        (950, 50, 0, [("watch", "bounces")]),
        (900, 100, 0, [("quarantine", "bounces")]),
        (40, 40, 0, []),  # fewer than a hundred mails say nothing
        (5000, 0, 4, []),  # 0.08 %
        (5000, 0, 5, [("watch", "complaints")]),
        (5000, 0, 15, [("quarantine", "complaints")]),
        (200, 0, 2, []),  # 1 %, but two people are no evidence
        (200, 0, 4, [("watch", "complaints")]),  # enough for a warning only
        (900, 100, 10, [("quarantine", "bounces"), ("quarantine", "complaints")]),
    ],
)
def test_advice_needs_a_rate_and_evidence(
    delivered: int, bounced: int, complained: int, expected: list[tuple[str, str]]
) -> None:
    fared = Fared(provider="yahoo", delivered=delivered, bounced=bounced, complained=complained)
    overall = [(each.action, each.what) for each in advise([fared]) if not each.provider]
    assert overall == expected


def test_mail_to_providers_without_feedback_does_not_thin_out_complaints() -> None:
    mail = [Fared(provider="google", delivered=100_000), Fared(provider="yahoo", delivered=1000, complained=6)]
    found = [each for each in advise(mail) if each.what == "complaints" and not each.provider]
    assert [(each.action, each.rate) for each in found] == [("quarantine", 0.006)]


def test_one_bad_provider_is_named() -> None:
    mail = [Fared(provider="google", delivered=10_000), Fared(provider="gmx", delivered=100, bounced=100)]
    assert [(each.provider, each.action) for each in advise(mail)] == [("gmx", "quarantine")]
