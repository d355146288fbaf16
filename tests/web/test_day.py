"""The day's figures add up, and each delivery stands in its hour."""

from datetime import UTC, datetime, timedelta

from control_plane.analytics.schemas import Bucket, Counts
from web.day import day, since

NOW = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
THIS_HOUR = NOW.replace(minute=0)


def test_outcomes_are_summed_with_their_shares() -> None:
    shown = day(
        [
            Bucket(start=THIS_HOUR - timedelta(hours=2), counts=Counts(deliveries=1, complained=1)),
            Bucket(start=THIS_HOUR, counts=Counts(deliveries=10, delivered=7, bounced=1, cancelled=1)),
        ],
        NOW,
    )
    assert [(f.label, f.count, f.share) for f in shown.figures] == [
        ("Delivered", 8, "80.0 %"),
        ("On the way", 1, "10.0 %"),
        ("Deferred", 0, ""),
        ("Not delivered", 1, "10.0 %"),
    ]


def test_the_chart_has_24_hours_that_end_with_this_one() -> None:
    columns = day([], NOW).chart.columns
    assert len(columns) == 24
    assert (columns[0].title, columns[-1].title) == ("15:00 UTC: nothing", "14:00 UTC: nothing")
    assert since(NOW) == THIS_HOUR - timedelta(hours=23)
