import asyncio
import time

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.events.position import Position, read, write
from control_plane.webhooks import service as webhooks
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.events.reader import Reader, happen, store, uuids


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=%00",
        "types=message.send",
        "types=*",
        "types=%00",
        "since=soon",
        "limit=0",
        "limit=1000",
        "wait=21",
        "wait=-1",
        "before=x",
        "since=0001-01-01T00:00:00%2B14:00&after=evt_1",
    ],
)
async def test_nonsense_is_refused(client: httpx.AsyncClient, tenant: Tenant, query: str) -> None:
    answer = await client.get(f"/v1/events?{query}", headers=tenant.headers)
    assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
async def test_any_moment_of_the_calendar_is_understood(client: httpx.AsyncClient, tenant: Tenant, since: str) -> None:
    assert (await client.get(f"/v1/events?since={since}", headers=tenant.headers)).status_code == 200


async def test_it_needs_a_scope(client: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    other = await make_tenant(scopes=("webhooks:*",))
    assert (await client.get("/v1/events", headers=other.headers)).status_code == 403


async def test_a_position_in_another_database_is_refused_with_the_next_step(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    reader = Reader(client, tenant)
    await reader.news()
    position, era = read(reader.position)
    for lost in (write(position, era ^ 1), write(Position(position.transaction + 10_000_000), era)):
        answer = await client.get("/v1/events", params={"after": lost}, headers=tenant.headers)
        assert (answer.status_code, answer.json()["code"]) == (410, "event_position_lost")


async def test_who_waits_is_answered_as_soon_as_something_happens(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    reader = Reader(client, tenant)
    await reader.news()
    begun = time.monotonic()
    waiting = asyncio.create_task(reader.news(wait="20"))
    async with db.fleet_tx() as tx:
        event_id = await store(tx, tenant)
        await webhooks.fan_out(tx, [tenant.id], uuids([event_id]), ["message.delivered"])
    assert await waiting == [event_id]
    assert time.monotonic() - begun < 10


async def test_who_waits_in_vain_is_told_so_and_where_to_go_on(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    reader = Reader(client, tenant)
    await reader.news()
    page = await reader.ask(wait="1")
    assert (page["data"], page["more"]) == ([], False)
    stored = await happen(db, tenant, "message.delivered")
    assert await reader.news() == stored
