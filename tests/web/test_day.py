"""The day's figures add up, and each delivery stands in its hour."""

from datetime import UTC, datetime, timedelta

from control_plane.messages.service.hourly import HourCount
from web.day import day, since

NOW = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
THIS_HOUR = NOW.replace(minute=0)


def test_outcomes_are_summed_with_their_shares() -> None:
    shown = day(
        [
            HourCount(hour=THIS_HOUR, status="delivered", deliveries=7),
            HourCount(hour=THIS_HOUR - timedelta(hours=2), status="delivered", deliveries=1),
            HourCount(hour=THIS_HOUR, status="bounced", deliveries=1),
            HourCount(hour=THIS_HOUR, status="accepted", deliveries=1),
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
