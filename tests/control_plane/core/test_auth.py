import httpx
import pytest

from control_plane.core.auth import Subject, TenantSuspended
from control_plane.core.database import Database
from control_plane.core.errors import Forbidden, Unauthenticated
from control_plane.core.ids import TenantId, new_uuid
from control_plane.core.key_ring import KeyRing
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant, Tenant


def subject(*scopes: str, kind: str = "client", status: str = "active") -> Subject:
    return Subject(tenant_id=TenantId(new_uuid()), tenant_kind=kind, tenant_status=status, scopes=frozenset(scopes))


@pytest.mark.parametrize(
    ("has", "wants", "allowed"),
    [
        (("messages:write",), "messages:write", True),
        (("messages:write",), "messages:read", False),
        (("messages:*",), "messages:read", True),
        (("messages:*",), "domains:read", False),
        (("*",), "domains:write", True),
        (("*", "fleet:*"), "fleet:read", False),  # the fleet is the operator's, whatever a client's key says
        ((), "messages:read", False),
    ],
)
def test_a_scope_opens_what_it_names(has: tuple[str, ...], wants: str, allowed: bool) -> None:
    assert subject(*has).allows(wants) is allowed


def test_an_operators_key_opens_the_fleet() -> None:
    subject("fleet:*", kind="operator").require("fleet:write")


def test_a_suspended_tenant_reads_and_changes_nothing() -> None:
    suspended = subject("*", status="suspended")
    suspended.require("messages:read")
    with pytest.raises(TenantSuspended):
        suspended.require("messages:write")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Forbidden, match="messages:write"):
        subject("messages:read").require("messages:write")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer fp_x", "Basic Zm9vOmJhcg==", "Bearer ünïcode"])
async def test_without_a_live_key_nothing_is_answered(client: httpx.AsyncClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    answer = await client.get("/v1/me", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


async def test_the_secret_part_of_a_key_counts(client: httpx.AsyncClient, tenant: Tenant) -> None:
    wrong = tenant.key[:-1] + ("0" if tenant.key[-1] != "0" else "1")
    answer = await client.get("/v1/me", headers={"Authorization": f"Bearer {wrong}"})
    assert answer.status_code == 401


async def test_a_revoked_key_stops_working_within_seconds(db: Database, tenant: Tenant) -> None:
    now = 0.0
    ring = KeyRing(db, fresh_seconds=3, monotonic=lambda: now)
    assert (await ring.authenticate(tenant.key)).subject.tenant_id == tenant.id
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update api_keys set revoked_at = now()")
    now = 3.0
    with pytest.raises(Unauthenticated):
        await ring.authenticate(tenant.key)


async def test_a_watched_key_is_remembered_until_it_or_its_tenant_changes(db: Database, tenant: Tenant) -> None:
    now = 0.0
    ring = KeyRing(db, fresh_seconds=3, monotonic=lambda: now)
    first = await ring.authenticate(tenant.key)
    for now in (2.0, 4.0, 6.0):  # noqa: B007 the ring's clock
        await ring.forget_changed()
    assert await ring.authenticate(tenant.key) is first
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set status = 'suspended' where id = $1", tenant.id)
    await ring.forget_changed()
    assert (await ring.authenticate(tenant.key)).subject.tenant_status == "suspended"


async def test_a_key_that_cannot_be_watched_is_looked_up_after_seconds(db: Database, tenant: Tenant) -> None:
    now = 0.0
    ring = KeyRing(db, fresh_seconds=3, monotonic=lambda: now)
    await ring.forget_changed()
    first = await ring.authenticate(tenant.key)
    now = 3.0
    assert await ring.authenticate(tenant.key) is not first


async def test_an_expired_key_does_not_work(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update api_keys set expires_at = now() - interval '1 second'")
    with pytest.raises(Unauthenticated):
        await KeyRing(db).authenticate(tenant.key)


async def test_a_key_without_the_scope_is_refused(client: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    reader = await make_tenant(scopes=("messages:read",))
    assert (await client.get("/v1/messages", headers=reader.headers)).status_code == 200
    answer = await client.post("/v1/webhooks", json={"url": "https://hooks.test"}, headers=reader.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_me_shows_the_tenant_and_the_key(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = (await client.get("/v1/me", headers=tenant.headers)).json()
    assert answer["tenant"]["kind"] == "client"
    assert answer["key"]["name"] == "test"
    assert answer["scopes"] == ["*"]
    assert tenant.key not in str(answer)
