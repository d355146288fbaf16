"""`fleetpost rollout …`, as an operator types it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.rollouts.cli import rollout as group
from tests.control_plane.rollouts.fleet import Fleet

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


async def test_it_is_started_paused_resumed_and_aborted(fleet: Fleet, type_in: Type) -> None:
    started = await type_in(
        "start",
        "--postfix",
        "max_idle=33s",
        "--canary",
        fleet.members["b"].name,
        "--wave",
        "50",
        "--soak",
        "5",
        "--json",
    )
    assert started.exit_code == 0, started.output
    made = json.loads(started.output)
    assert made["change"] == {"daemons": {"postfix": {"max_idle": "33s"}, "dovecot": {}, "rspamd": {}}}
    assert (made["nodes"][0]["name"], made["waves"], made["soak_seconds"]) == (fleet.members["b"].name, [50], 5)

    for command, status in (("pause", "paused"), ("resume", "running"), ("abort", "rolling_back")):
        done = await type_in(command, made["id"], "--json")
        assert json.loads(done.output)["status"] == status

    listed = await type_in("list")
    assert made["id"] in listed.output
    shown = await type_in("show", made["id"], "--diffs")
    assert fleet.members["c"].name in shown.output


async def test_one_thing_is_rolled_out_at_a_time(type_in: Type) -> None:
    for words in ((), ("--renderer", "0", "--shaping-version", "0")):
        refused = await type_in("start", *words)
        assert refused.exit_code == 2
        assert "one of them" in refused.output


async def test_an_id_that_is_none_is_answered_with_where_to_look(type_in: Type) -> None:
    refused = await type_in("show", "rol_x")
    assert isinstance(refused.exception, NotFound)
    assert "rollout list" in str(refused.exception)
