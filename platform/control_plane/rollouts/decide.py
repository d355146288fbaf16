"""The course of a roll-out as a state machine: pure, from how things stand to what is to be done next.

Whoever does what it says, and asks again until nothing is said, may be killed in between and may be two.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from control_plane.rollouts.gates import failures
from control_plane.rollouts.schemas import TOUCHED, Gate, NodeState, Status

BACK_SECONDS = 600
"""How long a node that is there may take to go back before it is waited for no more."""


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """How a node stands."""

    id: UUID
    name: str
    stage: int
    state: NodeState
    is_present: bool
    fits: bool
    """Its agent knows the change."""
    gates: tuple[Gate, ...] = ()
    soaked_seconds: float = 0.0
    is_back: bool = False
    """It has put in force again what it had."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How a roll-out stands."""

    status: Status
    stage: int
    stages: int
    soak_seconds: int
    holds: bool
    """It waits for nodes that are away."""
    back_seconds: float = 0.0
    """For how long it has been going back."""
    nodes: Sequence[NodeView]


class Give(msgspec.Struct, frozen=True):
    """Give a node the change."""

    node: UUID


class Skip(msgspec.Struct, frozen=True):
    """Go on without a node, until it is back."""

    node: UUID
    reason: str


class Soak(msgspec.Struct, frozen=True):
    """Begin to watch a node that has it in force."""

    node: UUID


class Pass(msgspec.Struct, frozen=True):
    """A node has been well for long enough."""

    node: UUID


class Fail(msgspec.Struct, frozen=True):
    """A node is not well."""

    node: UUID
    reason: str


class EnterStage(msgspec.Struct, frozen=True):
    """Go on to a stage."""

    stage: int


class TurnBack(msgspec.Struct, frozen=True):
    """Give every node that has the change what it had before."""

    cause: str


class Complete(msgspec.Struct, frozen=True):
    """All have it: it is in force."""


class End(msgspec.Struct, frozen=True):
    """All have what they had before."""


Act = Give | Skip | Soak | Pass | Fail | EnterStage | TurnBack | Complete | End


def next_acts(view: View) -> list[Act]:
    """Say what is to be done now; nothing: look again later."""
    if view.status == "rolling_back":
        return _on_the_way_back(view)
    if view.status not in ("running", "paused"):
        return []
    if harmed := list(_harm(view)):
        return harmed
    ripened = [act for node in view.nodes if (act := _ripen(node, view.soak_seconds)) is not None]
    if ripened or view.status == "paused":
        return ripened
    return list(_hand_out(view)) or _advance(view)


def _on_the_way_back(view: View) -> list[Act]:
    """End once all are back; whoever is away is not waited for, and gets it when it returns."""
    given_back = [node for node in view.nodes if node.state in ("failed", "rolled_back")]
    is_over = view.back_seconds > BACK_SECONDS or all(node.is_back or not node.is_present for node in given_back)
    return [End()] if is_over else []


def _harm(view: View) -> Iterator[Act]:
    """Find nodes that are not well; the first one is the cause."""
    cause = ""
    for node in view.nodes:
        if node.state not in TOUCHED:
            continue
        gate = next(failures(node.gates, passed=node.state == "passed"), None)
        if gate is not None:
            cause = cause or f"{node.name} {_sentence(gate)}"
            yield Fail(node.id, gate.figure)
    if cause:
        yield TurnBack(cause)


def _sentence(gate: Gate) -> str:
    return gate.figure if gate.name in ("present", "applied") else f"did not pass ({gate.name}): {gate.figure}"


def _ripen(node: NodeView, soak_seconds: int) -> Act | None:
    """Let a node go on that has it in force, and then has been well for long enough."""
    verdicts = {gate.name: gate.verdict for gate in node.gates}
    if node.state == "applying" and verdicts.get("applied") == "passed":
        return Soak(node.id)
    if node.state == "soaking" and node.soaked_seconds >= soak_seconds and "waiting" not in verdicts.values():
        return Pass(node.id)
    return None


def _hand_out(view: View) -> Iterator[Act]:
    """Give the change to whoever is due, this stage's and those that were passed over and are back."""
    for node in view.nodes:
        if node.stage > view.stage or node.state not in ("waiting", "skipped"):
            continue
        if node.is_present and node.fits:
            yield Give(node.id)
        elif node.state == "waiting" and not view.holds:
            yield Skip(node.id, "is away" if not node.is_present else "does not know this revision: update its agent")


def _advance(view: View) -> list[Act]:
    """Go on to the next stage when this one and those before are done."""
    if any(node.stage <= view.stage and node.state not in ("passed", "skipped") for node in view.nodes):
        return []
    if view.stage == 0 and not any(node.state == "passed" for node in view.nodes):
        return [TurnBack("No canary was there to try it.")]
    return [EnterStage(view.stage + 1)] if view.stage + 1 < view.stages else [Complete()]
