import json
import os
import subprocess
import sys

import httpx
import pytest

from control_plane.accounts import service as accounts
from control_plane.bootstrap import OPERATOR_SLUG
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.settings import Settings
from control_plane.tenants import service as tenants


def fleetpost(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator would."""
    environment = os.environ | {
        "DATABASE_URL": settings.database.app_url,
        "FLEETPOST_FLEET_DATABASE_URL": settings.database.fleet_url,
        "REDIS_URL": settings.redis_url,
        "FLEETPOST_VAULT_KEYS": settings.vault_keys,
        "FLEETPOST_SESSION_SECRET": settings.session_secret,
        "FLEETPOST_PUBLIC_URL": settings.public_url,
    }
    command = [sys.executable, "-m", "control_plane.cli", *arguments]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module", autouse=True)
async def names_are_free(db: Database) -> None:
    """An installation that begins has no tenants; here, other tests made some, and one may be called Acme."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set slug = slug || '-' || right(id::text, 12) where slug in ('acme', 'operator')"
        )


async def test_bootstrap_makes_keys_and_a_person_once(
    settings: Settings, runtime: Runtime, client: httpx.AsyncClient
) -> None:
    bootstrap = ("bootstrap", "--operator-email", "Op@acme.test", "--json")
    first = fleetpost(settings, *bootstrap)
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    for key, kind in (("operator_key", "operator"), ("tenant_key", "client")):
        me = await client.get("/v1/me", headers={"Authorization": f"Bearer {made[key]}"})
        assert me.json()["tenant"]["kind"] == kind
    assert me.json()["tenant"]["id"] == made["tenant_id"]
    assert await accounts.sign_in(runtime.db, runtime.valkey, "op@acme.test", made["portal_password"])

    second = fleetpost(settings, *bootstrap)
    assert json.loads(second.stdout) == {"tenant_id": made["tenant_id"]}


async def test_bootstrap_lets_a_person_of_before_there_were_consoles_open_the_operators(
    settings: Settings, runtime: Runtime
) -> None:
    bootstrap = ("bootstrap", "--operator-email", "Op@acme.test", "--json")
    fleetpost(settings, *bootstrap)
    async with runtime.db.fleet_tx() as tx:
        operator_id = await tenants.find_by_slug(tx, OPERATOR_SLUG)
    assert operator_id is not None
    with acting_for(operator_id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("delete from memberships")
    for email in ("stranger@acme.test", "op@acme.test", "op@acme.test"):
        fleetpost(settings, "bootstrap", "--operator-email", email, "--json")
    with acting_for(operator_id):
        members = (await accounts.list_members(runtime.db, None, 10)).data
    assert [(each.email, each.role) for each in members] == [("op@acme.test", "owner")]


async def test_bootstrap_leaves_everything_as_it_is_when_the_first_client_is_gone(
    settings: Settings, runtime: Runtime
) -> None:
    bootstrap = ("bootstrap", "--operator-email", "Op@acme.test", "--json")
    fleetpost(settings, *bootstrap)
    rename = "update tenants set slug = $2 where slug = $1"
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(rename, "acme", "erased-acme")
    again = fleetpost(settings, *bootstrap)
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(rename, "erased-acme", "acme")
    assert (again.returncode, json.loads(again.stdout)) == (0, {})


def test_what_is_wrong_is_one_sentence(settings: Settings) -> None:
    node = ("node", "add", "N_1", "--hostname", "n1.test", "--role", "mx", "--service-address", "10.0.0.1")
    done = fleetpost(settings, *node, "--ip", "10.0.0.2")
    assert done.returncode == 1
    assert done.stderr.startswith("fleetpost: ")
    assert "Traceback" not in done.stderr
