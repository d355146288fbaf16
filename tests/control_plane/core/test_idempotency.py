import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from control_plane.accounts.keys import create_key
from control_plane.core import idempotency
from control_plane.core.database import Database, Transaction
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.settings import Settings
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message

_OLD_KEYS = """
insert into idempotency_keys (tenant_id, route, key, body_hash, created_at)
select app_tenant(), '/v1/messages', 'old ' || age, '', now() - make_interval(hours => 24 + age)
from generate_series(1, 5) as age"""


def keyed(tenant: Tenant, key: str = "one") -> dict[str, str]:
    return tenant.headers | {"Idempotency-Key": key}


async def count(db: Database, tenant: Tenant, table: str = "messages") -> int:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows: int = await tx.connection.fetchval(f"select count(*) from {table}")
    return rows


async def test_a_repeated_request_is_answered_again_and_not_done_again(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    first = await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    second = await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await count(db, tenant) == 1


async def test_another_key_is_another_request(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    for key in ("one", "two"):
        await client.post("/v1/messages", json=message(domain), headers=keyed(tenant, key))
    assert await count(db, tenant) == 2


async def test_the_same_key_with_another_body_is_a_conflict(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    other = await client.post("/v1/messages", json=message(domain, subject="Other"), headers=keyed(tenant))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert await count(db, tenant) == 1


async def test_a_refused_request_may_be_corrected_under_its_key(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    refused = await client.post("/v1/messages", json=message(domain, to=[]), headers=keyed(tenant))
    corrected = await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    assert (refused.status_code, corrected.status_code) == (422, 202)


async def test_of_many_at_the_same_time_one_is_done(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    sendings = (client.post("/v1/messages", json=message(domain), headers=keyed(tenant)) for _ in range(5))
    answers = await asyncio.gather(*sendings)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(db, tenant) == 1


async def test_a_key_belongs_to_its_tenant(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    other = await client.post("/v1/messages", json=message(domain), headers=keyed(stranger))
    assert other.status_code == 422  # not the other's answer: the domain is not theirs


@pytest.mark.parametrize("key", ["x" * 257, "a\x01b"])
async def test_a_key_that_is_no_key_is_refused(client: httpx.AsyncClient, tenant: Tenant, key: str) -> None:
    answer = await client.post("/v1/messages", json={}, headers=keyed(tenant, key))
    assert answer.json()["errors"][0]["path"] == "Idempotency-Key"


async def test_what_fails_half_way_leaves_neither_effect_nor_claim(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    from control_plane.webhooks import service as webhooks

    async def fail(*_: object) -> int:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "fan_out", fail)
        broken = await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    assert broken.status_code == 500
    assert await count(db, tenant) + await count(db, tenant, "idempotency_keys") == 0
    assert (await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))).status_code == 202


async def test_stored_answers_cannot_be_read_in_the_database(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    made = await client.post("/v1/webhooks", json={"url": "http://127.0.0.1:1/"}, headers=keyed(tenant))
    again = await client.post("/v1/webhooks", json={"url": "http://127.0.0.1:1/"}, headers=keyed(tenant))
    assert made.status_code == 201, made.text
    assert made.json() == again.json()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            body = await tx.connection.fetchval("select body from idempotency_keys")
    assert b"whsec_" not in body


async def test_keys_are_forgotten_after_a_day(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant, domain: str
) -> None:
    await client.post("/v1/messages", json=message(domain), headers=keyed(tenant))
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update idempotency_keys set created_at = now() - interval '25 hours'")
    [purge] = idempotency.JOBS
    await purge.run(runtime)
    assert await count(db, tenant, "idempotency_keys") == 0


async def test_many_keys_are_forgotten_a_portion_at_a_time_and_the_young_are_kept(
    client: httpx.AsyncClient,
    runtime: Runtime,
    db: Database,
    tenant: Tenant,
    domain: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idempotency, "_PORTION", 2)
    portions: list[int] = []
    begin = db.fleet_tx

    @asynccontextmanager
    async def counted() -> AsyncGenerator[Transaction]:
        async with begin() as tx:
            portions.append(await tx.connection.fetchval("select count(*) from idempotency_keys"))
            yield tx

    await client.post("/v1/messages", json=message(domain), headers=keyed(tenant, "young"))
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(_OLD_KEYS)
    monkeypatch.setattr(db, "fleet_tx", counted)
    await idempotency.purge(runtime)
    left = portions[-1]
    assert [each - left for each in portions] == [5, 3, 1, 0]
    assert await count(db, tenant, "idempotency_keys") == 1


async def test_old_keys_are_found_without_a_look_at_the_others(db: Database) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("set local enable_seqscan = off")
        plan = await tx.connection.fetch(f"explain {idempotency._YOUNGEST_OF_THE_OLDEST.replace('$1', '5000')}")
    assert any("idempotency_keys_by_age" in row[0] for row in plan)


async def test_an_answer_is_repeated_only_to_who_could_ask(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    """A webhook's secret is in the first answer; a key without that right must not get it from memory."""
    async with db.fleet_tx() as tx:
        reader = await create_key(tx, tenant.id, "reader", ["webhooks:read"])
    new = {"url": "http://127.0.0.1:1/"}
    assert (await client.post("/v1/webhooks", json=new, headers=keyed(tenant))).status_code == 201
    headers = keyed(tenant) | {"Authorization": f"Bearer {reader.token}"}
    answer = await client.post("/v1/webhooks", json=new, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_secret_is_not_repeated_to_a_key_that_could_not_have_been_given_it(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    async with db.fleet_tx() as tx:
        lesser, same = [await create_key(tx, tenant.id, "other", each) for each in (["api-keys:*"], ["*"])]
    new = {"name": "for everything", "scopes": ["*"]}
    made = await client.post("/v1/api-keys", json=new, headers=keyed(tenant))
    assert made.status_code == 201
    stolen = keyed(tenant) | {"Authorization": f"Bearer {lesser.token}"}
    answer = await client.post("/v1/api-keys", json=new, headers=stolen)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    rotated = keyed(tenant) | {"Authorization": f"Bearer {same.token}"}
    assert (await client.post("/v1/api-keys", json=new, headers=rotated)).json() == made.json()


@pytest.fixture
async def held_key(settings: Settings, tenant: Tenant) -> AsyncGenerator[asyncpg.transaction.Transaction]:
    """The key `one`, as if a request were still being answered; given back by a rollback."""
    connection = await asyncpg.connect(settings.database.app_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("select set_config('app.tenant_id', $1, true)", str(tenant.id))
    columns = "tenant_id, route, key, body_hash"
    insert = f"insert into idempotency_keys ({columns}) select $1, '/v1/messages', 'one', ''"
    await connection.execute(insert, tenant.id)
    yield transaction
    await connection.close()


async def test_one_tenants_waiting_requests_leave_connections_to_others(
    client: httpx.AsyncClient,
    held_key: asyncpg.transaction.Transaction,
    tenant: Tenant,
    stranger: Tenant,
    domain: str,
) -> None:
    sending = [client.post("/v1/messages", json=message(domain), headers=keyed(tenant)) for _ in range(10)]
    waiting = [asyncio.create_task(each) for each in sending]
    async with asyncio.timeout(3):
        for _ in range(10):
            assert (await client.get("/v1/messages", headers=stranger.headers)).status_code == 200
    await held_key.rollback()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {202}
