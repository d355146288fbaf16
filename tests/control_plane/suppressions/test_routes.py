"""The list through the API."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.suppressions import service
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.suppressions.conftest import Suppress


async def listed(client: httpx.AsyncClient, tenant: Tenant, **filters: str) -> list[dict[str, Any]]:
    answer = await client.get("/v1/suppressions", params=filters, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def test_an_address_comes_onto_the_list_once(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress
) -> None:
    first = await suppress(tenant, "Bob@else.test", note="Asked us by phone")
    again = await suppress(tenant, "bob@else.test")
    assert again == first
    [shown] = await listed(client, tenant)
    assert shown == first
    assert (shown["email"], shown["status"], shown["scope"], shown["source"]) == (
        "bob@else.test",
        "active",
        "tenant",
        "api",
    )
    assert (shown["created_by"], shown["note"]) == ("test", "Asked us by phone")


async def test_filters_narrow_the_list(client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress) -> None:
    await suppress(tenant, "bob@else.test", reason="complaint")
    await suppress(tenant, "eve@else.test", stream="broadcast", reason="unsubscribe")
    await suppress(tenant, "bob@other.test")
    asked = [
        {"email": "BOB@else.test"},
        {"domain": "else.test"},
        {"reason": "complaint"},
        {"stream": "transactional"},
        {"status": "ended"},
        {"since": "2030-01-01T00:00:00Z"},
    ]
    counts = [len(await listed(client, tenant, **filters)) for filters in asked]
    assert counts == [1, 2, 1, 2, 0, 0]


async def test_a_list_comes_in_pages(client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress) -> None:
    made = [(await suppress(tenant, f"bob{number}@else.test"))["id"] for number in range(3)]
    first = (await client.get("/v1/suppressions?limit=2", headers=tenant.headers)).json()
    rest = (await client.get(f"/v1/suppressions?limit=2&after={first['next']}", headers=tenant.headers)).json()
    assert [each["id"] for each in (*first["data"], *rest["data"])] == made[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("odd", "path"),
    [
        ({"email": "bob"}, "email"),
        ({"email": "bob@else.test\0"}, "email"),
        ({"email": "bob@else.test", "reason": "mood"}, "reason"),
        ({"email": "bob@else.test", "note": "a\nb"}, "note"),
        ({"email": "bob@else.test", "note": "x" * 501}, "note"),
        ({"email": "bob@else.test", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"email": "bob@else.test", "colour": "red"}, "colour"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, odd: dict[str, object], path: str
) -> None:
    answer = await client.post("/v1/suppressions", json=odd, headers=tenant.headers)
    assert (answer.status_code, [each["path"] for each in answer.json()["errors"]]) == (422, [path])


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
async def test_who_bounced_or_complained_comes_off_the_list_for_a_reason_only(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress, reason: str
) -> None:
    path = f"/v1/suppressions/{(await suppress(tenant, 'bob@else.test', reason=reason))['id']}"
    refused = await client.delete(path, headers=tenant.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "suppression_reason_needed")
    assert (await client.post(f"{path}/reactivate", json={"reason": "  "}, headers=tenant.headers)).status_code == 422
    answer = await client.post(f"{path}/reactivate", json={"reason": "Mailbox is back"}, headers=tenant.headers)
    ended = answer.json()
    assert (ended["status"], ended["ended_as"], ended["ended_by"]) == ("ended", "reactivated", "test")
    assert ended["ended_because"] == "Mailbox is back"
    assert await listed(client, tenant) == []


async def test_what_somebody_put_on_the_list_is_deleted_without_ado(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress
) -> None:
    path = f"/v1/suppressions/{(await suppress(tenant, 'bob@else.test'))['id']}"
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    again = await client.delete(path, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "suppression_ended")
    assert (await client.get(path, headers=tenant.headers)).json()["ended_as"] == "deleted"


async def test_an_ending_is_taken_back(client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress) -> None:
    made = await suppress(tenant, "bob@else.test", reason="complaint")
    path = f"/v1/suppressions/{made['id']}"
    await client.post(f"{path}/reactivate", json={"reason": "Oops"}, headers=tenant.headers)
    assert (await client.post(f"{path}/restore", headers=tenant.headers)).json() == made
    assert (await client.post(f"{path}/restore", headers=tenant.headers)).json() == made


async def test_who_bounces_again_is_suppressed_again_and_both_are_remembered(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress
) -> None:
    first = await suppress(tenant, "bob@else.test", reason="hard_bounce")
    path = f"/v1/suppressions/{first['id']}"
    await client.post(f"{path}/reactivate", json={"reason": "Mailbox is back"}, headers=tenant.headers)
    second = await suppress(tenant, "bob@else.test", reason="hard_bounce")
    assert second["id"] != first["id"]
    refused = await client.post(f"{path}/restore", headers=tenant.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "suppressed_again")
    assert [each["id"] for each in await listed(client, tenant, status="ended")] == [first["id"]]


async def test_many_come_off_the_list_at_once(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, suppress: Suppress
) -> None:
    for number in range(3):
        await suppress(tenant, f"bob{number}@else.test", reason="complaint")
    theirs = await suppress(stranger, "eve@else.test")
    body = {
        "emails": ["BOB0@else.test", "bob1@else.test", "nobody@else.test", "x"],
        "ids": [theirs["id"], "sup_x"],
        "reason": "Wrong list",
    }
    answer = await client.post("/v1/suppressions/delete", json=body, headers=tenant.headers)
    assert answer.json() == {"deleted": 2, "not_found": ["nobody@else.test", "x", theirs["id"], "sup_x"]}
    assert [each["email"] for each in await listed(client, tenant)] == ["bob2@else.test"]
    assert len(await listed(client, stranger)) == 1


async def test_bulk_without_names_or_reason_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for body in ({"reason": "x"}, {"emails": ["bob@else.test"], "reason": ""}, {"emails": ["bob@else.test"]}):
        answer = await client.post("/v1/suppressions/delete", json=body, headers=tenant.headers)
        assert answer.status_code == 422


async def test_the_export_is_what_the_import_takes(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress
) -> None:
    await suppress(tenant, "bob@else.test", reason="complaint", note="=cmd()")
    await suppress(tenant, "@else.test", stream="broadcast")
    answer = await client.get("/v1/suppressions/export", headers=tenant.headers)
    assert answer.headers["content-type"].startswith("text/csv")
    domain, bob = csv.DictReader(io.StringIO(answer.text))
    assert (bob["email"], bob["reason"], bob["note"]) == ("bob@else.test", "complaint", "'=cmd()")
    assert (domain["email"], domain["stream"]) == ("'@else.test", "broadcast")


async def test_layers_are_for_agencies_and_operators_only(
    client: httpx.AsyncClient, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    body = {"email": "bob@else.test", "for_clients": True}
    refused = await client.post("/v1/suppressions", json=body, headers=tenant.headers)
    assert refused.status_code == 403
    weak = await make_tenant("agency", ("suppressions:*",))
    assert (await client.post("/v1/suppressions", json=body, headers=weak.headers)).status_code == 403
    agency = await make_tenant("agency")
    assert (await client.post("/v1/suppressions", json=body, headers=agency.headers)).status_code == 201


async def test_a_strangers_entry_is_not_there(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, suppress: Suppress
) -> None:
    path = f"/v1/suppressions/{(await suppress(tenant, 'bob@else.test'))['id']}"
    for answer in (
        await client.get(path, headers=stranger.headers),
        await client.delete(path, headers=stranger.headers),
        await client.post(f"{path}/reactivate", json={"reason": "x"}, headers=stranger.headers),
        await client.post(f"{path}/restore", headers=stranger.headers),
    ):
        assert answer.status_code == 404


async def test_a_key_for_reading_changes_nothing(client: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    reader = await make_tenant(scopes=("suppressions:read",))
    body = {"email": "bob@else.test"}
    assert (await client.post("/v1/suppressions", json=body, headers=reader.headers)).status_code == 403
    assert await listed(client, reader) == []


async def test_what_was_for_a_time_ends_and_is_told(
    client: httpx.AsyncClient, tenant: Tenant, suppress: Suppress, runtime: Runtime, db: Database
) -> None:
    await suppress(tenant, "bob@else.test", reason="soft_bounce")
    clock = FixedClock(runtime.clock.now())
    await service.expire(db, clock)
    assert len(await listed(client, tenant)) == 1
    clock.move(timedelta(days=7, minutes=1))
    assert await service.expire(db, clock) >= 1
    [ended] = await listed(client, tenant, status="ended")
    assert (ended["ended_as"], ended["ended_because"]) == ("expired", "")
    async with db.fleet_tx() as tx:
        types = await tx.connection.fetch("select type from events where tenant_id = $1 order by id", tenant.id)
    assert [each["type"] for each in types] == ["suppression.created", "suppression.deleted"]


async def test_mail_to_a_suppressed_address_is_not_sent_and_says_so(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, suppress: Suppress
) -> None:
    await suppress(tenant, "bob@else.test", reason="hard_bounce")
    body = message(domain, to=[{"email": "Bob@else.test"}, {"email": "eve@else.test"}])
    answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
    statuses = {each["email"]: each["status"] for each in answer.json()["recipients"]}
    assert statuses == {"Bob@else.test": "suppressed", "eve@else.test": "accepted"}
