"""`fleetpost node …`, as an operator types it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from control_plane.core.errors import Conflict, NotFound
from control_plane.core.runtime import Runtime
from control_plane.nodes import service as nodes
from control_plane.nodes.cli import node as group
from tenant_agent import wire
from tests.control_plane.conftest import FleetNode, MakeNode

Type = Callable[..., Awaitable[Result]]


@pytest.fixture
async def type_in(runtime: Runtime) -> Type:
    """Run a command in a thread, on the tests' own runtime."""
    loop = asyncio.get_running_loop()

    def run(command: Callable[[Runtime], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(command(runtime), loop).result()

    async def type_in(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, group, words, obj=run)

    return type_in


@pytest.fixture
async def busy(make_node: MakeNode, runtime: Runtime) -> FleetNode:
    """A node that has much to say of itself."""
    node = await make_node()
    beat = wire.Heartbeat(
        at_ms=1,
        generation=0,
        versions={"agent": "0.5", "postfix": "3.7.11"},
        queue={"active": 2, "deferred": 40},
        disk_free_bytes=5 * 1024**3,
        disk_total_bytes=10 * 1024**3,
        destinations=(wire.QueueGroup("slow.test", "generic", (1, 2, 3, 4, 5, 6)),),
        errors=("12:00 apply.failed service=postfix\033[31m",),
    )
    await nodes.seen(runtime.db, node.id, runtime.clock, beat)
    return node


async def test_the_list_has_a_line_for_each_node(type_in: Type, busy: FleetNode) -> None:
    done = await type_in("list")
    header, *lines = done.output.splitlines()
    assert header.split()[:3] == ["NAME", "STATUS", "ROLES"]
    line = next(line for line in lines if line.startswith(busy.name))
    assert line.split()[1] == "ready"
    assert "5.0 GiB free of 10.0" in line


async def test_one_node_is_shown_with_its_queue_by_destination_and_its_last_errors(
    type_in: Type, busy: FleetNode
) -> None:
    shown = (await type_in("show", busy.name)).output
    assert "active 2, deferred 40" in shown
    assert next(line for line in shown.splitlines() if line.startswith("slow.test")).split() == [
        *("slow.test", "generic", "21"),
        *"123456",
    ]
    assert "s behind: set it" in shown
    assert "apply.failed service=postfix?[31m" in shown, "what a node says cannot steer a terminal"


async def test_programs_read_json(type_in: Type, busy: FleetNode) -> None:
    listed = json.loads((await type_in("list", "--json")).output)
    assert busy.public_id in {each["id"] for each in listed["nodes"]}
    shown = json.loads((await type_in("show", busy.public_id, "--json")).output)
    assert shown["queue"]["destinations"][0]["by_age"] == [1, 2, 3, 4, 5, 6]


async def test_a_node_is_watched(type_in: Type, busy: FleetNode) -> None:
    for name in ((), (busy.name,)):
        done = await type_in("watch", *name, "--times", "2", "--every", "0.2")
        assert done.output.count("UTC") == 2
        assert busy.name in done.output


async def test_a_node_is_drained_and_retired_by_name(type_in: Type, make_node: MakeNode) -> None:
    node = await make_node()
    refused = await type_in("retire", node.name)
    assert isinstance(refused.exception, Conflict)
    assert "drain it first" in refused.exception.detail
    assert f"{node.name} is draining" in (await type_in("drain", node.name)).output
    assert f"{node.name} is ready" in (await type_in("undrain", node.name)).output
    await type_in("drain", node.name)
    assert f"{node.name} is retired" in (await type_in("retire", node.name)).output
    gone = await type_in("show", node.name)
    assert isinstance(gone.exception, NotFound)
    assert "fleetpost node list" in gone.exception.detail


async def test_a_lost_node_is_given_up(type_in: Type, make_node: MakeNode, runtime: Runtime) -> None:
    node = await make_node()
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'lost' where id = $1", node.id)
    done = await type_in("give-up", node.name, "--lose", node.name)
    assert done.output == f"{node.name} is given up. 0 deliveries are sent by other nodes.\n"


async def test_tokens_are_made_and_withdrawn(type_in: Type, make_node: MakeNode) -> None:
    node = await make_node()
    made = json.loads((await type_in("token", node.name, "--json")).output)
    assert made["token"].startswith("fpe_")
    assert json.loads((await type_in("remove-token", node.name, "--json")).output) == {"withdrawn": 1}


async def test_a_new_signing_key_is_the_first_that_nodes_are_told(type_in: Type, runtime: Runtime) -> None:
    made = json.loads((await type_in("new-signing-key", "--force", "--json")).output)
    async with runtime.db.fleet_tx() as tx:
        assert (await nodes.public_keys(tx))[0] == made["public_key"]


async def test_another_one_before_all_nodes_know_it_is_refused_with_what_to_do(type_in: Type) -> None:
    await type_in("new-signing-key", "--force")
    refused = await type_in("new-signing-key")
    assert isinstance(refused.exception, Conflict)
    assert "use `--force` and enrol again" in str(refused.exception)
