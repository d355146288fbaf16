"""Files of addresses: taken in whole or not at all, and read into the list part by part."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.suppressions import service
from control_plane.suppressions.import_lines import Defaults
from control_plane.suppressions.parts import PART_BYTES
from control_plane.suppressions.queries import imports
from tests.conftest import Tenant

CSV = {"content-type": "text/csv"}
JSON_LINES = {"content-type": "application/x-ndjson"}


async def upload(
    client: httpx.AsyncClient, tenant: Tenant, content: str, kind: dict[str, str] = CSV, **params: str
) -> dict[str, Any]:
    answer = await client.post(
        "/v1/suppressions/import", content=content.encode(), params=params, headers=tenant.headers | kind
    )
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def finished(client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, made: dict[str, Any]) -> dict[str, Any]:
    await service.Importer(runtime.db, runtime.clock).run(tenant.id, ids.decode("imp", made["id"]))
    answer = await client.get(f"/v1/suppressions/imports/{made['id']}", headers=tenant.headers)
    shown: dict[str, Any] = answer.json()
    assert shown["status"] == "finished"
    return shown


async def addresses(client: httpx.AsyncClient, tenant: Tenant) -> dict[str, str]:
    data = (await client.get("/v1/suppressions?limit=200", headers=tenant.headers)).json()["data"]
    return {each["email"]: each["reason"] for each in data}


async def test_a_file_comes_onto_the_list(client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant) -> None:
    made = await upload(client, tenant, "email,reason\nbob@else.test,complaint\nEve@else.test,\nnobody\n")
    assert (made["status"], made["progress"]) == ("waiting", 0)
    shown = await finished(client, runtime, tenant, made)
    assert (shown["lines"], shown["added"], shown["known"], shown["failed"], shown["progress"]) == (4, 2, 0, 1, 1)
    assert [each["line"] for each in shown["faults"]] == [4]
    assert await addresses(client, tenant) == {"bob@else.test": "complaint", "eve@else.test": "manual"}


async def test_json_lines_are_taken_too(client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant) -> None:
    made = await upload(
        client, tenant, '{"email":"bob@else.test"}\n', JSON_LINES, reason="unsubscribe", stream="broadcast"
    )
    await finished(client, runtime, tenant, made)
    assert await addresses(client, tenant) == {"bob@else.test": "unsubscribe"}


async def test_a_second_time_all_is_known(client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant) -> None:
    for expected in ((2, 0), (0, 2)):
        made = await upload(client, tenant, "bob@else.test\neve@else.test\n")
        shown = await finished(client, runtime, tenant, made)
        assert (shown["added"], shown["known"]) == expected


async def test_an_import_tells_once_and_not_of_each_address(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, db: Database
) -> None:
    await finished(client, runtime, tenant, await upload(client, tenant, "bob@else.test\neve@else.test\n"))
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select type, data ->> 'added' as added from events where tenant_id = $1", tenant.id
        )
    assert [tuple(row.values()) for row in rows] == [("import.finished", "2")]


async def test_a_large_file_goes_in_parts_and_a_worker_may_die_between_them(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, db: Database
) -> None:
    lines = [f"somebody-with-a-long-name-{number}@else.test" for number in range(30_000)]
    content = "\n".join(lines)
    assert len(content) > 2 * PART_BYTES
    made = await upload(client, tenant, content)
    with acting_for(tenant.id):
        assert await service.Importer(db, runtime.clock)._step(tenant.id, ids.decode("imp", made["id"]))
    half = (await client.get(f"/v1/suppressions/imports/{made['id']}", headers=tenant.headers)).json()
    assert (half["status"], 0 < half["progress"] < 1) == ("running", True)
    shown = await finished(client, runtime, tenant, made)
    assert (shown["lines"], shown["added"], shown["failed"]) == (30_000, 30_000, 0)


async def test_a_sweep_finds_what_no_trigger_came_for(client: httpx.AsyncClient, tenant: Tenant, db: Database) -> None:
    made = await upload(client, tenant, "bob@else.test\n")
    async with db.fleet_tx() as tx:
        assert (tenant.id, ids.decode("imp", made["id"])) in await imports.waiting(tx.connection, 10_000)


async def test_an_empty_file_is_finished_at_once(client: httpx.AsyncClient, tenant: Tenant) -> None:
    assert (await upload(client, tenant, ""))["status"] == "finished"


async def test_only_so_many_at_a_time(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for _ in range(3):
        await upload(client, tenant, "bob@else.test\n")
    answer = await client.post("/v1/suppressions/import", content=b"x\n", headers=tenant.headers | CSV)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_imports")


async def test_an_upload_that_breaks_off_leaves_nothing(
    client: httpx.AsyncClient, tenant: Tenant, db: Database
) -> None:
    async def broken() -> AsyncGenerator[bytes]:
        yield b"bob@else.test\n"
        raise ConnectionError

    answer = await client.post("/v1/suppressions/import", content=broken(), headers=tenant.headers | CSV)
    assert answer.status_code == 503
    answer = await client.post("/v1/suppressions/import", content=b"x" * (PART_BYTES + 1), headers=tenant.headers | CSV)
    assert answer.status_code == 422
    assert (await client.get("/v1/suppressions/imports", headers=tenant.headers)).json()["data"] == []


async def test_an_upload_that_was_left_is_forgotten(
    client: httpx.AsyncClient, tenant: Tenant, db: Database, runtime: Runtime
) -> None:
    clock, defaults = FixedClock(runtime.clock.now()), Defaults("manual")
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await imports.insert(tx.connection, tenant.id, ids.new_uuid(), "csv", defaults, "", clock.now(), 1)
    for hours, left in ((1, 1), (2, 0)):
        clock.move(timedelta(hours=hours))
        await service.forget_uploads(db, clock)
        shown = (await client.get("/v1/suppressions/imports", headers=tenant.headers)).json()["data"]
        assert len(shown) == left


async def test_the_same_upload_under_one_key_is_one_import(client: httpx.AsyncClient, tenant: Tenant) -> None:
    headers = tenant.headers | CSV | {"idempotency-key": "list-1"}
    first, again = [
        await client.post("/v1/suppressions/import", content=b"bob@else.test\n", headers=headers) for _ in range(2)
    ]
    assert (first.status_code, again.json()) == (202, first.json())


async def test_a_strangers_import_is_not_there(client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant) -> None:
    made = await upload(client, tenant, "bob@else.test\n")
    answer = await client.get(f"/v1/suppressions/imports/{made['id']}", headers=stranger.headers)
    assert answer.status_code == 404
