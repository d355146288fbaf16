"""`fleetpost pool …` and `fleetpost ip …`, as an operator types them."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.cli import ip, pool
from tests.control_plane.conftest import FleetNode, some_address
from tests.control_plane.ip_pools.conftest import PutInto

Type = Callable[..., Awaitable[Result]]


@pytest.fixture
async def type_in(runtime: Runtime) -> Type:
    """Run a command in a thread, on the tests' own runtime."""
    loop = asyncio.get_running_loop()

    def run(command: Callable[[Runtime], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(command(runtime), loop).result()

    async def type_in(group: click.Group, *words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, group, words, obj=run)

    return type_in


async def made(type_in: Type, node: FleetNode) -> tuple[str, str]:
    """Make a pool and an address in it; gives both."""
    done = await type_in(pool, "add", f"p-{secrets.token_hex(3)}", "--stream", "broadcast", "--json")
    pool_id, address = json.loads(done.output)["id"], some_address()
    wanted = ("--node", node.public_id, "--pool", pool_id, "--hostname", "out.fleet.test")
    done = await type_in(ip, "add", address, *wanted, "--json")
    assert done.exit_code == 0, done.output
    return pool_id, address


async def test_pools_and_addresses_are_listed(type_in: Type, node: FleetNode) -> None:
    pool_id, address = await made(type_in, node)
    listed = (await type_in(pool, "list")).output
    assert any(line.startswith(pool_id) and "broadcast" in line for line in listed.splitlines())
    listed = (await type_in(ip, "list", "--pool", pool_id, "--status", "provisioning")).output
    assert listed.splitlines()[1].split()[:2] == [address, "provisioning"]


async def test_an_address_is_named_by_what_it_is(type_in: Type, node: FleetNode, put_into: PutInto) -> None:
    _, address = await made(type_in, node)
    shown = json.loads((await type_in(ip, "show", address, "--json")).output)
    await put_into(shown["ip"]["id"], "active")
    drained = await type_in(ip, "drain", address, "--reason", "It moves.", "--json")
    assert json.loads(drained.output)["status"] == "draining"
    text = (await type_in(ip, "show", shown["ip"]["id"])).output
    assert "It moves." in text
    assert "POOL" in text


async def test_an_address_is_given_up_and_its_cool_down_set(type_in: Type, node: FleetNode, put_into: PutInto) -> None:
    _, address = await made(type_in, node)
    released = await type_in(ip, "release", address, "--reason", "A mistake.", "--json")
    assert json.loads(released.output)["status"] == "released"
    cooling = await type_in(ip, "cool-down", address, "--until", "2099-01-01", "--reason", "Keep it.", "--json")
    assert json.loads(cooling.output)["cooling_until"] == "2099-01-01T00:00:00Z"


async def test_what_is_not_there_is_said(type_in: Type, node: FleetNode) -> None:
    done = await type_in(ip, "show", "192.0.2.99")
    assert isinstance(done.exception, NotFound)
    assert "fleetpost ip list" in done.exception.detail
