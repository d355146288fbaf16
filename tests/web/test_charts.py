"""Charts are laid out within their drawing, in proportion, with nothing too small to see."""

from datetime import UTC, datetime, timedelta

import pytest

from web.charts import Hour, duration, hourly, shares

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_column_is_as_high_as_its_share_of_the_top() -> None:
    chart = hourly([Hour(MIDNIGHT, delivered=50)], width=100, height=100)
    [box] = chart.columns[0].boxes
    assert (chart.top, box.height, box.y) == (50, 100, 0)


def test_columns_stay_within_the_drawing() -> None:
    hours = [Hour(MIDNIGHT + timedelta(hours=i), delivered=i * i, deferred=i, bounced=i % 2) for i in range(24)]
    chart = hourly(hours)
    boxes = [box for column in chart.columns for box in column.boxes]
    assert all(box.x >= 0 and box.x + box.width <= chart.width and box.height > 0 for box in boxes)


def test_a_day_without_mail_has_columns_without_boxes_and_a_top() -> None:
    chart = hourly([Hour(MIDNIGHT)])
    assert chart.top == 1
    assert chart.columns[0].boxes == ()
    assert chart.columns[0].title == "00:00 UTC: nothing"


@pytest.mark.parametrize(
    ("highest", "top"), [(1, 1), (3, 3), (4, 5), (11, 20), (215, 300), (99, 100), (101, 200), (4_001, 5_000)]
)
def test_the_top_is_a_number_that_reads_well(highest: int, top: int) -> None:
    assert hourly([Hour(MIDNIGHT, delivered=highest)]).top == top


def test_shares_fill_the_bar_and_a_tiny_part_stays_visible() -> None:
    parts = shares((("a", 0.0), ("b", 0.0001), ("c", 9.0)))
    assert parts[0].width == 0
    assert parts[1].width >= 0.6
    assert parts[2].x + parts[2].width == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 ms"), (0.0124, "12 ms"), (1.44, "1.4 s"), (65, "1 min"), (5400, "1.5 h")]
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
