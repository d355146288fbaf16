"""`fleetpost enforcement …`, as an operator types it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service
from control_plane.enforcement.cli import enforcement
from control_plane.enforcement.schemas import NewAppeal
from tests.conftest import Tenant

Type = Callable[..., Awaitable[Result]]


@pytest.fixture
async def type_in(runtime: Runtime) -> Type:
    """Run a command in a thread, on the tests' own runtime."""
    loop = asyncio.get_running_loop()

    def run(command: Callable[[Runtime], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(command(runtime), loop).result()

    async def type_in(*words: str) -> Result:
        group: click.Group = enforcement
        return await asyncio.to_thread(CliRunner().invoke, group, words, obj=run)

    return type_in


async def _slug(db: Database, tenant: Tenant) -> str:
    async with db.fleet_tx() as tx:
        slug: str = await tx.connection.fetchval("select slug from tenants where id = $1", tenant.id)
    return slug


async def test_a_step_is_put_in_force_and_listed(type_in: Type, db: Database, tenant: Tenant) -> None:
    slug = await _slug(db, tenant)
    done = await type_in("set", slug, "--stream", "broadcast", "--step", "paused", "--reason", "Phishing", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["health"]["measures"][0]["note"] == "Phishing"
    listed = (await type_in("list")).output
    assert any("broadcast" in line and "Phishing" in line for line in listed.splitlines())
    shown = (await type_in("show", slug)).output
    assert "bounces" in shown
    assert "paused" in shown


async def test_an_account_is_trusted(type_in: Type, db: Database, tenant: Tenant) -> None:
    slug = await _slug(db, tenant)
    await type_in("set", slug, "--stream", "all", "--step", "paused", "--reason", "Phishing")
    done = await type_in("trust", slug, "--days", "30", "--reason", "It was a test", "--json")
    health = json.loads(done.output)["health"]
    assert health["measures"] == []
    assert health["exempt_until"] is not None


async def test_an_appeal_is_read_and_answered_and_steers_no_terminal(
    type_in: Type, db: Database, tenant: Tenant
) -> None:
    slug = await _slug(db, tenant)
    await type_in("set", slug, "--stream", "broadcast", "--step", "paused", "--reason", "Phishing")
    words = "An old list\x1b[2J was imported by mistake."
    with acting_for(tenant.id):
        made = await service.appeal(db, SystemClock(), NewAppeal(cause=words, changed=words))
    listed = (await type_in("appeals")).output
    assert made.id in listed
    assert "\x1b" not in listed
    done = await type_in("answer", made.id, "--accept", "--text", "We looked at your list.", "--json")
    assert json.loads(done.output)["status"] == "accepted"


async def test_who_is_not_there_is_said(type_in: Type) -> None:
    assert isinstance((await type_in("show", "nobody-at-all")).exception, NotFound)
