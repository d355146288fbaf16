"""Parts are summed up by what is asked for."""

from datetime import UTC, datetime

import httpx
import pytest

from control_plane.analytics.schemas import Counts, Part
from control_plane.analytics.summing import Split, UnknownSplit, read_split, summed, total
from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.analytics.test_roll_ups import deliver

HOURS = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (9, 10)]
PARTS = [
    Part(start=start, stream=stream, provider=provider, counts=Counts(deliveries=1))
    for start in HOURS
    for stream in ("broadcast", "transactional")
    for provider in ("google", "yahoo")
]


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("stream, provider,hour", Split(grain="hour", stream=True, provider=True)),
        ("day", Split(grain="day")),
        ("", Split()),
    ],
)
def test_a_split_is_read(text: str, split: Split) -> None:
    assert read_split(text) == split


@pytest.mark.parametrize("text", ["hour,day", "week", "stream;provider", "Stream", "\0"])
def test_what_is_no_split_is_refused(text: str) -> None:
    with pytest.raises(UnknownSplit):
        read_split(text)


def test_what_is_not_counted_apart_is_counted_together() -> None:
    by_stream = summed(PARTS, Split(stream=True))
    assert [(each.start, each.stream, each.provider, each.counts.deliveries) for each in by_stream] == [
        (None, "broadcast", None, 4),
        (None, "transactional", None, 4),
    ]
    assert len(summed(PARTS, Split(grain="hour", stream=True, provider=True))) == 8
    assert total(PARTS).deliveries == 8


async def test_stats_can_be_asked_for_by_less(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    await deliver(db, tenant, ["a@gmail.com", "b@yahoo.com"])
    [part] = (await client.get("/v1/stats?by=stream", headers=tenant.headers)).json()["data"]
    assert (part["start"], part["stream"], part["provider"]) == (None, "transactional", None)
    assert part["counts"]["deliveries"] == 2
    refused = await client.get("/v1/stats?by=week", headers=tenant.headers)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "by")
