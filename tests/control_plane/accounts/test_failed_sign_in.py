"""Who tries in vain to sign in as somebody is seen in that person's accounts."""

import secrets

import httpx

from control_plane.accounts import jobs, service
from control_plane.accounts.schemas import Device
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime
from tests.conftest import MakeTenant, Tenant


async def test_a_failed_try_stands_in_the_logs_of_the_persons_accounts(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    email, stranger = f"ann-{secrets.token_hex(4)}@acme.test", await make_tenant()
    async with runtime.db.fleet_tx() as tx:
        user_id = await service.create_user(tx, tenant.id, email, "correct horse battery", "developer", "Ann")
    await jobs.note_failed_sign_in(runtime, str(user_id), email, "192.0.2.7")
    [entry] = (await client.get("/v1/audit-log?action=accounts.sign_in_failed", headers=tenant.headers)).json()["data"]
    assert (entry["actor"]["name"], entry["address"], entry["target"]) == (email, "192.0.2.7", encode("usr", user_id))
    assert (await client.get("/v1/audit-log", headers=stranger.headers)).json()["data"] == []


async def test_a_try_for_nobody_is_noted_nowhere(runtime: Runtime) -> None:
    nobody = f"nobody-{secrets.token_hex(4)}@acme.test"
    assert await service.sign_in(runtime.db, runtime.valkey, nobody, "x", Device(address="192.0.2.8")) is None
    await jobs.note_failed_sign_in(runtime, "", nobody, "192.0.2.8")
