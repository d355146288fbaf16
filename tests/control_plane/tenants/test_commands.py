"""The operator's commands for tenants, as they are typed."""

import json
import os
import subprocess
import sys

import httpx

from control_plane.core.runtime import Runtime
from tests.conftest import Tenant
from tests.control_plane.tenants.conftest import MakeClient, shown


def fleetpost(servers: dict[str, str], runtime: Runtime, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    settings = runtime.settings
    own = {
        "FLEETPOST_VAULT_KEYS": settings.vault_keys,
        "FLEETPOST_SESSION_SECRET": settings.session_secret,
        "FLEETPOST_PUBLIC_URL": settings.public_url,
    }
    command = [sys.executable, "-m", "control_plane.cli", "tenant", *words]
    return subprocess.run(command, env=os.environ | servers | own, check=False, capture_output=True, text=True)


async def test_a_tenant_is_suspended_and_resumed_by_its_slug(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, servers: dict[str, str], runtime: Runtime
) -> None:
    bakery = await make_client(agency)
    slug = str((await shown(client, agency, bakery))["slug"])
    suspended = fleetpost(servers, runtime, "suspend", slug, "--reason", "unpaid", "--json")
    assert json.loads(suspended.stdout)["status"] == "suspended", suspended.stderr
    assert (await shown(client, agency, bakery))["suspended_reason"] == "unpaid"
    listed = fleetpost(servers, runtime, "list")
    assert f"  {slug}  client, suspended" in listed.stdout
    resumed = fleetpost(servers, runtime, "resume", slug)
    assert "status: active" in resumed.stdout


def test_a_tenant_that_is_not_there_is_one_sentence(servers: dict[str, str], runtime: Runtime) -> None:
    failed = fleetpost(servers, runtime, "suspend", "nobody", "--reason", "x")
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert "There is no tenant nobody" in failed.stderr
