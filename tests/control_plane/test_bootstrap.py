import json
import os
import subprocess
import sys

import httpx

from control_plane.accounts import service as accounts
from control_plane.core.runtime import Runtime
from control_plane.settings import Settings


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


def test_what_is_wrong_is_one_sentence(settings: Settings) -> None:
    node = ("node", "add", "N_1", "--hostname", "n1.test", "--role", "mx", "--service-address", "10.0.0.1")
    done = fleetpost(settings, *node, "--ip", "10.0.0.2")
    assert done.returncode == 1
    assert done.stderr.startswith("fleetpost: ")
    assert "Traceback" not in done.stderr
