"""`/v1/stats` counts by hour or day, stream and provider, and refuses what makes no sense."""

import httpx
import pytest

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.analytics.test_roll_ups import deliver, move


async def test_stats_tell_how_mail_fared(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    made = await deliver(db, tenant, ["a@gmail.com", "b@gmail.com", "c@else.test"])
    await move(db, tenant, made[:2], "delivered")
    for grain in ("hour", "day"):
        answer = await client.get("/v1/stats", params={"grain": grain, "provider": "google"}, headers=tenant.headers)
        assert answer.status_code == 200, answer.text
        [part] = answer.json()["data"]
        assert (part["stream"], part["counts"]["deliveries"], part["counts"]["delivered"]) == ("transactional", 2, 2)


async def test_strangers_see_their_own_only(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    await deliver(db, tenant, ["a@gmail.com"])
    assert (await client.get("/v1/stats", headers=stranger.headers)).json() == {"data": []}


@pytest.mark.parametrize(
    "query",
    [
        "grain=week",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "since=0001-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59Z",
        "since=2026-11-22T00:00:00Z&until=2026-11-21T00:00:00Z",
        "stream=other",
        "provider=" + "x" * 41,
    ],
)
async def test_what_makes_no_sense_is_refused(client: httpx.AsyncClient, tenant: Tenant, query: str) -> None:
    answer = await client.get(f"/v1/stats?{query}", headers=tenant.headers)
    assert answer.status_code in (400, 422), answer.text
