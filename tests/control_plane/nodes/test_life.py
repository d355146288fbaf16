"""The life of a node: the table of steps, and the same rules where the database keeps them."""

from typing import get_args

import pytest

from control_plane.core.database import Database
from control_plane.core.errors import Conflict
from control_plane.nodes.errors import NodeLost, NodeNotJoined, NodeNotLost, NodeRetired, NodeStillServes
from control_plane.nodes.life import (
    DRAINING,
    ENROLLING,
    LOST,
    LOST_DRAINING,
    READY,
    RETIRED,
    STEPS,
    Act,
    Life,
    after,
)
from tests.control_plane.conftest import MakeNode

LIVES = (ENROLLING, READY, DRAINING, LOST, LOST_DRAINING, RETIRED)


def test_every_life_has_an_answer_to_every_act() -> None:
    assert STEPS.keys() == {(life, act) for life in LIVES for act in get_args(Act)}


@pytest.mark.parametrize(
    ("life", "acts", "then"),
    [
        (ENROLLING, ("seen",), READY),  # its agent has reported
        (READY, ("silent", "seen"), READY),  # lost, and back with its next word
        (READY, ("drain", "silent", "seen"), DRAINING),  # what was drained and lost goes on being drained
        (READY, ("silent", "drain", "seen"), DRAINING),  # a lost one can be marked, for when it is back
        (READY, ("silent", "drain", "undrain", "seen"), READY),
        (READY, ("drain", "undrain"), READY),
        (READY, ("drain", "retire", "seen"), RETIRED),  # retired is for ever
        (READY, ("silent", "give_up", "seen"), RETIRED),
        (ENROLLING, ("silent",), ENROLLING),  # who never came is not missed
    ],
)
def test_a_node_goes_its_way(life: Life, acts: tuple[Act, ...], then: Life) -> None:
    for act in acts:
        life = after(life, act)
    assert life == then


@pytest.mark.parametrize(
    ("life", "act", "refusal"),
    [
        (READY, "retire", NodeStillServes),
        (ENROLLING, "drain", NodeNotJoined),
        (READY, "give_up", NodeNotLost),
        (DRAINING, "give_up", NodeNotLost),
        (LOST, "retire", NodeLost),
        (RETIRED, "drain", NodeRetired),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_next_step(life: Life, act: Act, refusal: type[Conflict]) -> None:
    with pytest.raises(refusal):
        after(life, act)


@pytest.mark.parametrize("life", LIVES)
async def test_the_database_turns_a_node_that_is_heard_of_as_the_table_says(
    db: Database, make_node: MakeNode, life: Life
) -> None:
    node = await make_node()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update nodes set status = $2, draining_since = case when $3 then now() end where id = $1",
            node.id,
            life.status,
            life.drains,
        )
        heard = "case when status in ('enrolling', 'lost') then 'ready' else status end"  # as presence says it
        row = await tx.connection.fetchrow(
            f"update nodes set status = {heard} where id = $1 returning status, draining_since is not null", node.id
        )
    assert row is not None
    assert Life(*row) == after(life, "seen")
