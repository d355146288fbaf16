"""Tests of who has a change when."""

from typing import Literal
from uuid import UUID

import pytest

from control_plane.rollouts.stages import Candidate, pick_canary, stages

NODES = 10


def candidate(number: int, **about: object) -> Candidate:
    known: dict[str, object] = {
        "id": UUID(int=number),
        "name": f"n{number}",
        "region": "default",
        "is_ready": True,
        "fits": True,
        "sends": True,
        "load": number,
    }
    return Candidate(**(known | about))  # type: ignore[arg-type]


FLEET = [candidate(number) for number in range(NODES)]


@pytest.mark.parametrize(
    ("waves", "unit", "sizes"),
    [
        ([50, 100], "percent", [1, 4, 5]),  # the canary is one of the first half
        ([100], "percent", [1, 9]),
        ([], "percent", [1, 9]),  # all have it in the end
        ([10, 50], "percent", [1, 4, 5]),  # the first tenth has it already
        ([25], "percent", [1, 2, 7]),  # the next whole node
        ([2, 5], "nodes", [1, 1, 3, 5]),
        ([500], "nodes", [1, 9]),
    ],
)
def test_waves_count_all_that_have_it(waves: list[int], unit: Literal["percent", "nodes"], sizes: list[int]) -> None:
    found = stages(FLEET, [UUID(int=3)], waves, unit)
    assert [len(stage) for stage in found] == sizes
    assert found[0] == [UUID(int=3)]
    assert sorted(node for stage in found for node in stage) == [each.id for each in FLEET]


def test_a_wave_takes_its_share_of_each_region() -> None:
    fleet = [candidate(number, region="east" if number < 5 else "west") for number in range(NODES)]
    _, first, _ = stages(fleet, [UUID(int=0)], [50], "percent")
    assert sorted(node.int >= 5 for node in first) == [False, False, True, True]


def test_the_sender_that_sends_least_tries_it_first() -> None:
    idle, away, old = candidate(7, load=0), candidate(8, load=0, is_ready=False), candidate(9, load=0, fits=False)
    mailbox = candidate(6, load=0, sends=False)
    assert pick_canary([*FLEET[1:5], mailbox, away, old, idle]) == idle
    assert pick_canary([mailbox]) == mailbox
    assert pick_canary([away, old]) is None
