"""An agent that is killed in the middle of an apply, again and again."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tenant_agent.project import Table
from tests.tenant_agent.applier import BOXES, Node

KILLS = 8


@pytest.mark.node
def test_whenever_it_is_killed_it_ends_in_the_one_generation_that_is_stored(tmp_path: Path) -> None:
    chance = random.Random(20_261_121)
    reached = 0
    for _ in range(KILLS):
        _apply_and_kill(tmp_path, after_generations=chance.uniform(0.0, 4.0))
        node = Node(tmp_path)
        node.projector.bring_up()
        generation = node.state.generation
        assert node.state.applied_generation == generation >= reached
        assert {row_id.key.rpartition("@")[2] for row_id in node.rows()} == {f"g{generation}.test"}
        assert sum(row_id.table is Table.USERS for row_id in node.rows()) == BOXES
        reached = generation
        _close(node)
    assert reached > KILLS


def _apply_and_kill(root: Path, *, after_generations: float) -> None:
    """Kill it when about so many generations more could have been applied, at the pace of its first on this machine."""
    command = [sys.executable, "-m", "tests.tenant_agent.applier", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        seconds_each = float(process.stdout.readline())
        time.sleep(after_generations * seconds_each)  # the moment is the point
        process.kill()


def _close(node: Node) -> None:
    node.state.close()
    for table in node.tables.values():
        table.close()
