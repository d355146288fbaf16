"""Who reads events in order of storage misses none and sees none twice, however many write at once."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.events.reader import Reader, happen, store
from tests.control_plane.messages.messages import message

HOUR = timedelta(hours=1)


async def test_events_come_once_and_in_the_order_in_which_they_were_stored(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    reader = Reader(client, tenant, limit="2")
    stored = await happen(db, tenant, *["message.delivered"] * 5)
    assert await reader.news() == stored
    assert await reader.news() == []
    later = await happen(db, tenant, "message.bounced")
    assert await reader.news() == later


async def test_an_event_looks_as_it_does_to_a_webhook(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    sent = message(domain, tags=["order"], metadata={"order": "1"})
    await client.post("/v1/messages", json=sent, headers=tenant.headers)
    [event] = (await client.get("/v1/events", headers=tenant.headers)).json()["data"]
    assert event["type"] == "message.accepted"
    assert event["id"] == event["data"]["id"]
    assert event["data"]["recipient"] == "bob@else.test"
    assert (event["data"]["tags"], event["data"]["metadata"]) == (["order"], {"order": "1"})
    assert event["data"]["message_id"].startswith("msg_")


async def test_one_that_is_stored_late_is_not_skipped(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    """A node that was away reports what happened hours ago, after others reported what happened since."""
    reader = Reader(client, tenant)
    first = await happen(db, tenant, "message.delivered")
    assert await reader.news() == first
    async with db.fleet_tx() as tx:
        late = await store(tx, tenant, at=datetime.now(UTC) - 5 * HOUR)
    assert await reader.news() == [late]


async def test_one_whose_transaction_is_still_open_is_waited_for(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    """The later one is committed first; it is not shown before the earlier one, which would be skipped."""
    reader = Reader(client, tenant)
    async with db.fleet_tx() as tx:
        slow = await store(tx, tenant)
        quick = await happen(db, tenant, "message.bounced")
        assert await reader.news() == []
    assert await reader.news() == [slow, *quick]


async def test_one_that_is_stored_in_a_savepoint_counts_from_the_transaction_around(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    """A part of a transaction has a number of its own, which is over before the transaction is."""
    reader = Reader(client, tenant)
    async with db.fleet_tx() as tx:
        async with tx.savepoint():
            inner = await store(tx, tenant)
        quick = await happen(db, tenant, "message.bounced")
        assert await reader.news() == []
    assert await reader.news() == [inner, *quick]


async def test_a_transaction_that_only_reads_holds_nothing_up(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.fetchval("select count(*) from nodes")
        stored = await happen(db, tenant, "message.bounced")
        assert await Reader(client, tenant).news() == stored


async def test_one_whose_transaction_was_rolled_back_holds_nothing_up(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    reader = Reader(client, tenant)
    with suppress(asyncpg.DivisionByZeroError):
        async with db.fleet_tx() as tx:
            await store(tx, tenant)
            await tx.connection.execute("select 1 / 0")
    stored = await happen(db, tenant, "message.bounced")
    assert await reader.news() == stored


async def test_many_writers_at_once_lose_nothing(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    """Transactions that overlap at random, rolled back now and then, with someone reading all the while."""
    chooser, stored, seen, reader = random.Random(4), set(), [], Reader(client, tenant, limit="3")

    async def write() -> None:
        for _ in range(8):
            kept: list[str] = []
            with suppress(asyncpg.DivisionByZeroError):
                async with db.fleet_tx() as tx:
                    for _ in range(chooser.randrange(1, 4)):
                        kept.append(await store(tx, tenant, at=datetime.now(UTC) - chooser.randrange(48) * HOUR))
                        await asyncio.sleep(0)
                    await tx.connection.execute("select 1 / $1::int", int(chooser.random() > 0.2))
                stored.update(kept)

    writers = asyncio.gather(*(write() for _ in range(5)))
    while not writers.done():
        seen += await reader.news()
    await writers
    seen += await reader.news()
    assert len(seen) == len(set(seen))
    assert set(seen) == stored


async def test_some_types_only(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    stored = await happen(db, tenant, "message.delivered", "message.bounced", "domain.verified")
    assert await Reader(client, tenant, types="message.bounced, domain.verified").news() == stored[1:]


async def test_a_rare_type_among_many_is_found_a_stretch_at_a_time(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into events (tenant_id, id, type, at)
               select $1, new_uuid(), 'message.delivered', now() from generate_series(1, 6000)""",
            tenant.id,
        )
    rare = await happen(db, tenant, "domain.failed")
    reader = Reader(client, tenant, types="domain.failed")
    page = await reader.ask()
    assert (page["data"], page["more"]) == ([], True)
    assert await reader.news() == rare


async def test_since_a_moment(client: httpx.AsyncClient, db: Database, tenant: Tenant) -> None:
    async with db.fleet_tx() as tx:
        await store(tx, tenant, at=datetime.now(UTC) - 3 * HOUR)
        young = await store(tx, tenant, at=datetime.now(UTC) - HOUR)
    since = (datetime.now(UTC) - 2 * HOUR).isoformat()
    assert await Reader(client, tenant, since=since).news() == [young]


async def test_nobody_reads_what_happened_to_somebody_else(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    await happen(db, tenant, "message.delivered")
    assert await Reader(client, stranger).news() == []
    own = Reader(client, tenant)
    await own.news()
    theirs = Reader(client, stranger)
    theirs.position = own.position  # a position says nothing about whose it is, and opens nothing
    await happen(db, tenant, "message.bounced")
    assert await theirs.news() == []
