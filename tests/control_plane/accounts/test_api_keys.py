"""Keys: made with no more than their maker has, shown once, bound, replaced and revoked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from control_plane.accounts.service.keys import KeyUses
from control_plane.core.actor import SYSTEM
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.key_ring import KeyRing
from tests.conftest import MakeDomain, MakeTenant, Tenant

PATH = "/v1/api-keys"
NextYear = (datetime.now(UTC) + timedelta(days=365)).isoformat()

Make = Callable[..., Awaitable[dict[str, Any]]]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def make(client: httpx.AsyncClient, tenant: Tenant) -> Make:
    """Make a key of `tenant`: `await make(scopes=["messages:write"])`."""

    async def ask(**wanted: object) -> dict[str, Any]:
        body = {"name": "shop", "scopes": ["messages:read"]} | wanted
        answer = await client.post(PATH, json=body, headers=tenant.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return ask


@pytest.fixture
def forget(app: Litestar) -> Callable[[], None]:
    """Have the process forget the keys that it remembers for some seconds."""
    ring: KeyRing = app.state.key_ring
    return ring._keys.clear


async def test_a_keys_secret_is_shown_once(client: httpx.AsyncClient, tenant: Tenant, make: Make) -> None:
    made = await make()
    assert made["secret"].startswith("fp_")
    assert (await client.get("/v1/messages", headers=bearer(made["secret"]))).status_code == 200
    shown = await client.get(f"{PATH}/{made['id']}", headers=tenant.headers)
    assert made["secret"] not in shown.text
    assert shown.json() == {name: value for name, value in made.items() if name != "secret"}
    assert made["created_by"] == "test"


async def test_keys_list_newest_first(client: httpx.AsyncClient, tenant: Tenant, make: Make) -> None:
    first, second = await make(name="first"), await make(name="second")
    page = (await client.get(f"{PATH}?limit=1", headers=tenant.headers)).json()
    rest = (await client.get(f"{PATH}?after={page['next']}", headers=tenant.headers)).json()
    assert [key["id"] for key in page["data"] + rest["data"]][:2] == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"scopes": ["lamps:read"]}, "scopes[0]"),
        ({"scopes": ["messages:read", "messages:burn"]}, "scopes[1]"),
        ({"scopes": ["fleet:read"]}, "scopes[0]"),  # the fleet is the operator's
        ({"scopes": []}, "scopes"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"allowed_networks": ["10.0.0.1/8"]}, "allowed_networks[0]"),
        ({"allowed_networks": ["fe80::1%eth0"]}, "allowed_networks[0]"),
        ({"allowed_networks": ["10.0.0.0/8", "here"]}, "allowed_networks[1]"),
        ({"allowed_domains": ["not-mine.test"]}, "allowed_domains[0]"),
        ({"allowed_domains": ["\0"]}, "allowed_domains[0]"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+12:00"}, "expires_at"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"secret": "mine"}, "secret"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_path(
    client: httpx.AsyncClient, tenant: Tenant, wanted: dict[str, object], path: str
) -> None:
    body = {"name": "shop", "scopes": ["messages:read"]} | wanted
    answer = await client.post(PATH, json=body, headers=tenant.headers)
    assert answer.status_code == 422, answer.text
    assert [error["path"] for error in answer.json()["errors"]] == [path]


@pytest.mark.parametrize(
    ("own", "wanted", "status"),
    [
        (("api-keys:*", "messages:read"), ["messages:read"], 201),
        (("api-keys:*", "messages:read"), ["messages:write"], 422),
        (("api-keys:*", "messages:read"), ["messages:*"], 422),
        (("api-keys:*", "messages:read", "messages:write"), ["messages:*"], 201),
        (("api-keys:*",), ["*"], 422),
        (("api-keys:read",), ["messages:read"], 403),
    ],
)
async def test_nobody_gives_more_rights_than_they_have(
    client: httpx.AsyncClient, make_tenant: MakeTenant, own: tuple[str, ...], wanted: list[str], status: int
) -> None:
    maker = await make_tenant(scopes=own)
    answer = await client.post(PATH, json={"name": "x", "scopes": wanted}, headers=maker.headers)
    assert answer.status_code == status, answer.text


async def test_a_bound_key_makes_only_keys_that_are_bound_as_well(
    client: httpx.AsyncClient, tenant: Tenant, make_domain: MakeDomain, make: Make
) -> None:
    ours, other = await make_domain(tenant, "ours"), await make_domain(tenant, "other")
    bound = await make(
        scopes=["*"],
        allowed_domains=[ours],
        allowed_networks=["127.0.0.0/8"],
        requests_per_minute=600,
        expires_at=NextYear,
    )
    child = {
        "name": "child",
        "scopes": ["messages:read"],
        "allowed_domains": [ours],
        "allowed_networks": ["127.0.0.1/32"],
        "requests_per_minute": 10,
        "expires_at": NextYear,
    }
    wider: list[dict[str, object]] = [
        {"allowed_domains": []},
        {"allowed_domains": [ours, other]},
        {"allowed_networks": []},
        {"allowed_networks": ["0.0.0.0/0"]},
        {"allowed_networks": ["::1/128"]},
        {"requests_per_minute": None},
        {"requests_per_minute": 601},
        {"expires_at": None},
    ]
    for change in wider:
        refused = await client.post(PATH, json=child | change, headers=bearer(bound["secret"]))
        assert refused.status_code == 422, change
        assert refused.json()["errors"][0]["path"].startswith(next(iter(change)))
    assert (await client.post(PATH, json=child, headers=bearer(bound["secret"]))).status_code == 201
    loosened = await client.patch(
        f"{PATH}/{bound['id']}", json={"requests_per_minute": None}, headers=bearer(bound["secret"])
    )
    assert loosened.status_code == 422


async def test_a_key_is_changed_as_it_was_seen(client: httpx.AsyncClient, tenant: Tenant, make: Make) -> None:
    path = f"{PATH}/{(await make(expires_at=NextYear))['id']}"
    seen = (await client.get(path, headers=tenant.headers)).headers["etag"]
    change = {"name": "till", "expires_at": None, "allowed_networks": ["192.0.2.0/24"], "requests_per_minute": 5}
    changed = await client.patch(path, json=change, headers=tenant.headers | {"If-Match": seen})
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in change} == change
    late = await client.patch(path, json={"name": "late"}, headers=tenant.headers | {"If-Match": seen})
    assert late.status_code == 412


async def test_a_key_works_from_its_networks_only(
    client: httpx.AsyncClient, tenant: Tenant, make: Make, forget: Callable[[], None]
) -> None:
    made = await make(allowed_networks=["192.0.2.0/24"])
    there = bearer(made["secret"]) | {"X-Forwarded-For": "198.51.100.7, 192.0.2.9"}
    elsewhere = bearer(made["secret"]) | {"X-Forwarded-For": "192.0.2.9, 198.51.100.7"}
    assert (await client.get("/v1/messages", headers=there)).status_code == 200
    assert (await client.get("/v1/messages", headers=elsewhere)).status_code == 401


async def test_a_revoked_key_is_gone(
    client: httpx.AsyncClient, tenant: Tenant, make: Make, forget: Callable[[], None]
) -> None:
    made = await make()
    path = f"{PATH}/{made['id']}"
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    forget()
    assert (await client.get("/v1/messages", headers=bearer(made["secret"]))).status_code == 401
    assert (await client.get(path, headers=tenant.headers)).status_code == 404
    assert (await client.delete(path, headers=tenant.headers)).status_code == 404
    listed = (await client.get(PATH, headers=tenant.headers)).json()["data"]
    assert made["id"] not in [key["id"] for key in listed]


async def test_a_rotated_key_works_on_beside_its_successor(
    client: httpx.AsyncClient, tenant: Tenant, make: Make, forget: Callable[[], None]
) -> None:
    old = await make(allowed_networks=["127.0.0.0/8"], requests_per_minute=40)
    path = f"{PATH}/{old['id']}"
    answer = await client.post(f"{path}/rotate", json={"overlap_seconds": 3600}, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    forget()
    for secret in (old["secret"], new["secret"]):
        assert (await client.get("/v1/messages", headers=bearer(secret))).status_code == 200
    same = ("name", "scopes", "allowed_networks", "allowed_domains", "requests_per_minute", "expires_at")
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    shown = (await client.get(path, headers=tenant.headers)).json()
    assert shown["replaced_by"] == new["id"]
    assert datetime.fromisoformat(shown["expires_at"]) < datetime.now(UTC) + timedelta(seconds=3601)
    again = await client.post(f"{path}/rotate", json={}, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "api_key_ended")


async def test_without_overlap_the_old_secret_ends_at_once(
    client: httpx.AsyncClient, tenant: Tenant, make: Make, forget: Callable[[], None]
) -> None:
    old = await make()
    await client.post(f"{PATH}/{old['id']}/rotate", json={"overlap_seconds": 0}, headers=tenant.headers)
    forget()
    assert (await client.get("/v1/messages", headers=bearer(old["secret"]))).status_code == 401


@pytest.mark.parametrize("seconds", [-1, 7 * 24 * 3600 + 1, 10**30, "1"])
async def test_an_overlap_is_a_week_at_the_most(
    client: httpx.AsyncClient, tenant: Tenant, make: Make, seconds: object
) -> None:
    path = f"{PATH}/{(await make())['id']}/rotate"
    assert (await client.post(path, json={"overlap_seconds": seconds}, headers=tenant.headers)).status_code in (
        400,
        422,
    )


async def test_nobody_gets_the_secret_of_a_key_that_may_do_more(
    client: httpx.AsyncClient, tenant: Tenant, make: Make
) -> None:
    mighty, clerk = await make(scopes=["*"]), await make(scopes=["api-keys:*"])
    path = f"{PATH}/{mighty['id']}"
    rotated = await client.post(f"{path}/rotate", json={}, headers=bearer(clerk["secret"]))
    assert (rotated.status_code, rotated.json()["code"]) == (403, "api_key_beyond_you")
    assert (await client.patch(path, json={"name": "x"}, headers=bearer(clerk["secret"]))).status_code == 403
    assert (await client.delete(path, headers=bearer(clerk["secret"]))).status_code == 204  # ending one is always safe


async def test_another_tenants_key_is_not_found(client: httpx.AsyncClient, stranger: Tenant, make: Make) -> None:
    path = f"{PATH}/{(await make())['id']}"
    for method, where in [("GET", path), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/rotate")]:
        body: dict[str, str] | None = {} if method in ("PATCH", "POST") else None
        assert (await client.request(method, where, json=body, headers=stranger.headers)).status_code == 404, method


async def test_what_happens_to_keys_is_logged_without_their_secrets(
    client: httpx.AsyncClient, tenant: Tenant, make: Make
) -> None:
    made = await make()
    path = f"{PATH}/{made['id']}"
    await client.patch(path, json={"name": "till"}, headers=tenant.headers)
    new = (await client.post(f"{path}/rotate", json={}, headers=tenant.headers)).json()
    await client.delete(path, headers=tenant.headers)
    log = await client.get(f"/v1/audit-log?target={made['id']}", headers=tenant.headers)
    assert [entry["action"] for entry in log.json()["data"]] == [
        f"api-keys.{verb}" for verb in ("revoke", "rotate", "change", "create")
    ]
    assert made["secret"] not in log.text
    assert new["secret"] not in log.text
    assert SYSTEM.name not in [entry["actor"]["name"] for entry in log.json()["data"]]


async def test_the_last_use_is_written_once_in_a_while(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, make: Make
) -> None:
    made = await make()
    path, clock = f"{PATH}/{made['id']}", FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    uses = KeyUses(db, clock)
    ring = KeyRing(db, note_use=uses.note)

    async def last_use() -> tuple[object, object]:
        shown = (await client.get(path, headers=tenant.headers)).json()
        return shown["last_used_at"], shown["last_used_address"]

    await ring.authenticate(made["secret"], "192.0.2.7")
    assert await last_use() == (None, None)
    await uses.write()
    assert await last_use() == ("2026-11-22T12:00:00Z", "192.0.2.7")
    for seconds, seen in [(10, "12:00:00"), (50, "12:01:00")]:
        clock.move(timedelta(seconds=seconds))
        await ring.authenticate(made["secret"], "192.0.2.8")
        await uses.write()
        assert (await last_use())[0] == f"2026-11-22T{seen}Z"
    assert (await last_use())[1] == "192.0.2.8"


async def test_a_use_is_no_edit(client: httpx.AsyncClient, db: Database, tenant: Tenant, make: Make) -> None:
    made = await make()
    path, uses = f"{PATH}/{made['id']}", KeyUses(db, FixedClock(datetime.now(UTC)))
    seen = (await client.get(path, headers=tenant.headers)).headers["etag"]
    await KeyRing(db, note_use=uses.note).authenticate(made["secret"], "")
    await uses.write()
    now = await client.get(path, headers=tenant.headers | {"If-None-Match": seen})
    assert now.status_code == 200
    change = await client.patch(path, json={"name": "till"}, headers=tenant.headers | {"If-Match": seen})
    assert change.status_code == 200
