"""What the next step is."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.domain_sites.advice import advise
from control_plane.domain_sites.policy import Mode

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mode", "days", "words"),
    [
        ("testing", 0, "for two weeks"),
        ("testing", 13, "for two weeks"),
        ("testing", 14, "choose `enforce`"),
        ("enforce", 1, "nothing need be done"),
        ("none", 90, "choose `testing`"),
    ],
)
def test_advice_follows_from_mode_and_time(mode: Mode, days: int, words: str) -> None:
    assert words in advise(mode, NOW - timedelta(days=days), NOW)
