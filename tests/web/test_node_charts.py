"""A node's pictures, as plain geometry."""

from datetime import UTC, datetime, timedelta

from control_plane.nodes.schemas import QueuedGroup, Sample
from web.node_charts import heat, queue_of_day

NOW = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)


def sample(minutes_ago: int, queued: int, deferred: int) -> Sample:
    return Sample(
        at=NOW - timedelta(minutes=minutes_ago),
        queued=queued,
        deferred=deferred,
        waiting_events=0,
        behind=0,
        disk_free_bytes=1,
        disk_total_bytes=2,
    )


def test_a_day_has_a_column_for_each_quarter_of_an_hour_with_its_fullest_moment() -> None:
    chart = queue_of_day([sample(24, 5, 5), sample(19, 30, 10), sample(14, 2, 0)], NOW)
    assert len(chart.columns) == 96
    assert chart.columns[-2].title == "11:45 UTC: 20 on the way, 10 deferred"
    assert chart.columns[0].title == "12:15 UTC: not heard of"
    assert [label for _, label in chart.labels] == ["18:00", "00:00", "06:00", "12:00"]


def test_the_fuller_the_stronger() -> None:
    rows = heat([QueuedGroup(domain="a.test", provider="", by_age=(10, 5, 0, 0, 0, 0), total=15)])
    assert [cell.opacity for cell in rows[0].cells[:3]] == [0.6, 0.36, 0.0]


def test_nothing_deferred_is_no_rows() -> None:
    assert heat([]) == []
