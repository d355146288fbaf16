"""`fleetpost move …` and `fleetpost node evacuate`, as an operator types them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from control_plane.cli import fleetpost
from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.moves.cli import move as group
from control_plane.nodes.cli import node as nodes_group
from tests.control_plane.moves.conftest import Pair

Type = Callable[..., Awaitable[Result]]


@pytest.fixture
async def type_in(runtime: Runtime) -> Type:
    """Run a command in a thread, on the tests' own runtime."""
    loop = asyncio.get_running_loop()

    def run(command: Callable[[Runtime], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(command(runtime), loop).result()

    async def type_in(*words: str) -> Result:
        of = nodes_group if words[0] == "evacuate" else group
        return await asyncio.to_thread(CliRunner().invoke, of, words, obj=run)

    return type_in


def test_the_commands_are_there() -> None:
    assert {"move", "node"} <= fleetpost.commands.keys()
    assert "evacuate" in nodes_group.commands


async def test_a_node_is_emptied_and_its_progress_shown(type_in: Type, pair: Pair) -> None:
    began = json.loads((await type_in("evacuate", pair.source.name, "--json")).output)
    assert (began["kind"], began["name"], began["mailboxes"]) == ("node", pair.source.name, 1)
    await pair.until_closed()
    await pair.say()
    shown = (await type_in("show", began["id"])).output
    for words in (f"node {pair.source.name}", "1 of 1", pair.address, pair.target.name):
        assert words in shown, words
    assert f"node {pair.source.name}" in (await type_in("list")).output
    waited = json.loads((await type_in("show", began["id"], "--wait", "--json")).output)
    assert waited["batch"]["arrived"] == 1


async def test_a_mailbox_is_moved_aborted_paused_and_tried_again(type_in: Type, pair: Pair) -> None:
    said = (await type_in("start", "--mailbox", pair.address, "--to", pair.target.name)).output
    assert said.startswith("1 mailbox moves")
    batch = said.split("`")[1].split()[-1]
    assert (await type_in("pause", batch)).output == f"{pair.address}: paused.\n"
    assert (await type_in("resume", batch)).output == f"{pair.address}: running.\n"
    [move] = json.loads((await type_in("show", batch, "--json")).output)["moves"]
    assert (await type_in("abort", move["id"])).output == f"{pair.address}: aborted.\n"
    assert (await type_in("retry", move["id"])).output == f"{pair.address}: waiting.\n"
    assert (await type_in("abort", batch)).output == f"{pair.address}: done.\n"
    assert isinstance((await type_in("pause", move["id"])).exception, NotFound)


@pytest.mark.parametrize("words", [("show", "x"), ("abort", "mov_x"), ("retry", "mvb_x")])
async def test_what_is_no_move_is_named_with_a_next_step(type_in: Type, words: tuple[str, ...]) -> None:
    failed = (await type_in(*words)).exception
    assert isinstance(failed, NotFound)
    assert "fleetpost move list" in failed.detail
