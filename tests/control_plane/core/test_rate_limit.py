"""Rate limits as callers meet them: on the real application."""

from collections.abc import Generator

import httpx
import pytest
from litestar import Litestar

from control_plane.core import ids, valkey
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.gcra import Limiter
from control_plane.core.ids import TenantId
from control_plane.core.rate_limit import _site, counters_of, own_rate
from control_plane.core.tenancy import acting_for
from control_plane.settings import Rate, load
from tests.conftest import MakeTenant, Tenant


@pytest.fixture
def without_valkey(app: Litestar) -> Generator[None]:
    counting, app.state.limiter = app.state.limiter, Limiter(valkey.connect("redis://127.0.0.1:1"))
    yield
    app.state.limiter = counting


async def limit_key(db: Database, tenant: Tenant, per_minute: int) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update api_keys set requests_per_minute = $2 where tenant_id = $1", tenant.id, per_minute
            )


async def test_every_answer_says_how_much_is_left(client: httpx.AsyncClient, tenant: Tenant) -> None:
    first = await client.get("/v1/me", headers=tenant.headers)
    second = await client.get("/v1/me", headers=tenant.headers)
    assert first.headers["RateLimit-Policy"] == "12000;w=60;burst=2000"
    assert first.headers["RateLimit-Limit"] == "2000"
    assert int(second.headers["RateLimit-Remaining"]) <= int(first.headers["RateLimit-Remaining"]) < 2000
    assert int(first.headers["RateLimit-Reset"]) >= 1


async def test_refusals_say_it_too(client: httpx.AsyncClient, tenant: Tenant) -> None:
    unknown = await client.get("/v1/messages/msg_0", headers=tenant.headers)
    unreadable = await client.post("/v1/messages", headers=tenant.headers | {"Idempotency-Key": "\x7f"}, json={})
    assert (unknown.status_code, unreadable.status_code) == (404, 422)
    assert "RateLimit-Remaining" in unknown.headers
    assert "RateLimit-Remaining" in unreadable.headers


async def test_reading_writing_and_sending_are_counted_apart(client: httpx.AsyncClient, tenant: Tenant) -> None:
    await client.get("/v1/me", headers=tenant.headers)
    written = await client.post("/v1/webhooks", headers=tenant.headers, json={})
    sent = await client.post("/v1/messages", headers=tenant.headers, json={})
    assert written.headers["RateLimit-Remaining"] == sent.headers["RateLimit-Remaining"] == "999"


async def test_a_key_with_a_rate_of_its_own_has_to_wait(
    client: httpx.AsyncClient, db: Database, tenant: Tenant
) -> None:
    await limit_key(db, tenant, 6)
    first = await client.get("/v1/me", headers=tenant.headers)
    second = await client.get("/v1/me", headers=tenant.headers)
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.json()["code"] == "rate_limited"
    assert 1 <= int(second.headers["Retry-After"]) <= 10
    assert second.headers["RateLimit-Remaining"] == "0"


async def test_another_tenant_does_not_wait(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    await limit_key(db, tenant, 1)
    for _ in range(2):
        await client.get("/v1/me", headers=tenant.headers)
    assert (await client.get("/v1/me", headers=stranger.headers)).status_code == 200


@pytest.mark.usefixtures("without_valkey")
async def test_without_valkey_reading_goes_on_and_sending_and_writing_do_not(
    client: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    tenant = await make_tenant()
    assert (await client.get("/v1/me", headers=tenant.headers)).status_code == 200
    for path in ("/v1/webhooks", "/v1/messages"):
        refused = await client.post(path, headers=tenant.headers, json={})
        assert (refused.status_code, refused.json()["code"]) == (503, "rate_limiter_away")
        assert refused.headers["Retry-After"] == "5"


def test_more_keys_do_not_mean_more() -> None:
    tenant_id, rate = TenantId(ids.new_uuid()), Rate(600, 100)
    subjects = [
        Subject(tenant_id=tenant_id, tenant_kind="client", scopes=frozenset(), key_id=ids.new_uuid()) for _ in range(2)
    ]
    (one, whole), (other, same_whole) = (counters_of(each, "send", rate) for each in subjects)
    assert one.key != other.key
    assert whole == same_whole
    assert whole.rate == Rate(1200, 200)


def test_who_acts_for_a_client_spends_their_own_tenants_requests() -> None:
    agency, client = TenantId(ids.new_uuid()), TenantId(ids.new_uuid())
    acting = Subject(tenant_id=client, acting_from=agency, tenant_kind="client", scopes=frozenset())
    assert all(str(agency) in each.key for each in counters_of(acting, "read", Rate(1, 1)))


def test_a_keys_own_rate_is_one_for_everything() -> None:
    slow = Subject(tenant_id=TenantId(ids.new_uuid()), tenant_kind="client", scopes=frozenset(), requests_per_minute=3)
    reading, writing = (counters_of(slow, kind, Rate(1, 1))[0] for kind in ("read", "write"))
    assert reading == writing
    assert reading.rate == own_rate(3) == Rate(3, 1)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),  # whoever has one has all of it
        ("", ""),  # a socket without an address
    ],
)
def test_an_ipv6_site_counts_as_one_address(address: str, site: str) -> None:
    assert _site(address) == site


@pytest.mark.parametrize("text", ["0/5", "5/0", "-1", "many"])
def test_a_rate_that_makes_no_sense_is_refused_at_the_start(servers: dict[str, str], text: str) -> None:
    names = ("FLEETPOST_VAULT_KEYS", "FLEETPOST_SESSION_SECRET", "FLEETPOST_PUBLIC_URL")
    with pytest.raises(ValueError):  # noqa: PT011 also int's own
        load(servers | dict.fromkeys(names, "x") | {"FLEETPOST_RATE_SEND": text})
