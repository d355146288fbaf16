"""The life of a node as one table: pure. What is not in it is refused, with the next step.

A node that is drained and goes silent is lost and still to be drained: when it is back, it drains. The database holds
to the same rules where statuses change by the thousand (`turn_node`).
"""

from typing import Literal, NamedTuple, TypeAlias

from control_plane.core.errors import Conflict
from control_plane.nodes.errors import NodeLost, NodeNotJoined, NodeNotLost, NodeRetired, NodeStillServes
from control_plane.nodes.schemas import NodeStatus

Act: TypeAlias = Literal["seen", "silent", "drain", "undrain", "retire", "give_up"]


class Life(NamedTuple):
    """Where a node is in its life."""

    status: NodeStatus
    drains: bool = False
    """It is to be emptied: also while it is lost."""


ENROLLING, READY, DRAINING = Life("enrolling"), Life("ready"), Life("draining", drains=True)
LOST, LOST_DRAINING, RETIRED = Life("lost"), Life("lost", drains=True), Life("retired")

STEPS: dict[tuple[Life, Act], Life | type[Conflict]] = {
    (ENROLLING, "seen"): READY,
    (ENROLLING, "silent"): ENROLLING,
    (ENROLLING, "drain"): NodeNotJoined,
    (ENROLLING, "undrain"): ENROLLING,
    (ENROLLING, "retire"): RETIRED,
    (ENROLLING, "give_up"): NodeNotLost,
    (READY, "seen"): READY,
    (READY, "silent"): LOST,
    (READY, "drain"): DRAINING,
    (READY, "undrain"): READY,
    (READY, "retire"): NodeStillServes,
    (READY, "give_up"): NodeNotLost,
    (DRAINING, "seen"): DRAINING,
    (DRAINING, "silent"): LOST_DRAINING,
    (DRAINING, "drain"): DRAINING,
    (DRAINING, "undrain"): READY,
    (DRAINING, "retire"): RETIRED,
    (DRAINING, "give_up"): NodeNotLost,
    (LOST, "seen"): READY,
    (LOST, "silent"): LOST,
    (LOST, "drain"): LOST_DRAINING,
    (LOST, "undrain"): LOST,
    (LOST, "retire"): NodeLost,
    (LOST, "give_up"): RETIRED,
    (LOST_DRAINING, "seen"): DRAINING,
    (LOST_DRAINING, "silent"): LOST_DRAINING,
    (LOST_DRAINING, "drain"): LOST_DRAINING,
    (LOST_DRAINING, "undrain"): LOST,
    (LOST_DRAINING, "retire"): NodeLost,
    (LOST_DRAINING, "give_up"): RETIRED,
    (RETIRED, "seen"): RETIRED,
    (RETIRED, "silent"): RETIRED,
    (RETIRED, "drain"): NodeRetired,
    (RETIRED, "undrain"): NodeRetired,
    (RETIRED, "retire"): RETIRED,
    (RETIRED, "give_up"): RETIRED,
}


def after(life: Life, act: Act) -> Life:
    """Give what a node is after an act; raises the `Conflict` that says why not and what instead."""
    step = STEPS[life, act]
    if isinstance(step, Life):
        return step
    raise step
