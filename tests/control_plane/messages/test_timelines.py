"""What a message's timelines hold when much has happened, and that nobody waits while they are read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Connection, Database
from control_plane.core.tenancy import acting_for
from control_plane.messages.queries import history, read
from control_plane.messages.queries.history import HistoryRow
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import deliveries

NOW = datetime.now().astimezone()
SOON = (NOW + timedelta(hours=3)).isoformat()
TWO = [{"email": "bob@else.test"}, {"email": "cleo@else.test"}]


async def send(client: httpx.AsyncClient, tenant: Tenant, domain: str, **changes: object) -> str:
    sent = await client.post("/v1/messages", json=message(domain, **changes), headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


async def put_off(db: Database, tenant: Tenant, delivery: asyncpg.Record, times: int) -> None:
    """Have a delivery put off so many times, a minute apart."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            for number in range(times):
                row = HistoryRow(
                    ids.new_uuid(),
                    "message.deferred",
                    delivery["message_id"],
                    delivery["id"],
                    delivery["recipient"],
                    f'{{"attempt": {number}}}',
                )
                await history.store(tx.connection, tenant.id, [row], NOW + timedelta(minutes=number))


@pytest.mark.parametrize(("times", "left_out"), [(0, 0), (19, 0), (20, 1), (60, 41)])
async def test_of_much_that_happened_the_first_and_the_last_are_told(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, times: int, left_out: int
) -> None:
    message_id = await send(client, tenant, domain, to=TWO)
    await put_off(db, tenant, (await deliveries(db, tenant))[0], times)
    shown = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()
    bob, cleo = shown["recipients"]
    assert (len(bob["events"]), bob["events_left_out"]) == (1 + times - left_out, left_out)
    assert (len(cleo["events"]), cleo["events_left_out"]) == (1, 0)
    attempts = [event["attempt"] for event in bob["events"] if event["type"] == "message.deferred"]
    assert attempts == [number for number in range(times) if number < 9 or number >= 9 + left_out]


@pytest.mark.parametrize(
    ("method", "verb", "body"),
    [("POST", "/cancel", None), ("POST", "/release", None), ("PATCH", "", {"send_at": SOON})],
)
async def test_nobody_waits_while_timelines_are_read(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    domain: str,
    limit: Limit,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    verb: str,
    body: object,
) -> None:
    await limit(tenant, "hold", messages_hour=1, messages_month=1000)
    await send(client, tenant, domain)
    message_id = await send(client, tenant, domain, **({"send_at": SOON} if method == "PATCH" else {}))
    if verb == "/release":
        await limit(tenant, "hold", messages_hour=10, messages_month=1000)
    usual, found = read.events, list[str]()

    async def watched(connection: Connection, tenant_id: UUID, asked: UUID, most: int) -> Sequence[asyncpg.Record]:
        async with db.fleet_tx() as tx:
            query = "select subject from messages where tenant_id = $1 and id = $2 for update nowait"
            found.append(await tx.connection.fetchval(query, tenant_id, asked))
        return await usual(connection, tenant_id, asked, most)

    monkeypatch.setattr(read, "events", watched)
    done = await client.request(method, f"/v1/messages/{message_id}{verb}", json=body, headers=tenant.headers)
    assert done.status_code == 200, done.text
    assert found == ["Hello"]
    assert done.json()["recipients"][0]["events"], "the answer has them"
