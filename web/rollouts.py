"""Roll-outs as pages show them: each stage's nodes as dots, what must be well with each, and what is rolled out."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from control_plane.core.languages import mark
from control_plane.rollouts.schemas import (
    DAEMONS,
    Gate,
    GateName,
    Kind,
    NodeState,
    Rollout,
    RolloutChange,
    RolloutDiff,
    RolloutNode,
    Verdict,
)
from control_plane.rollouts.schemas import Status as RolloutStatus
from web.i18n import gettext
from web.statuses import Status

_PER_ROW, _STEP, _RADIUS = 16, 18, 6

KINDS: Mapping[Kind, str] = {
    "daemons": mark("Daemons’ parameters"),
    "shaping": mark("Shaping rules"),
    "renderer": mark("Renderer"),
}
_STATUSES: Mapping[RolloutStatus, Status] = {
    "running": Status("info", mark("Running"), mark("It goes on by itself, and back if it does harm.")),
    "paused": Status("warning", mark("Paused"), mark("It goes to nobody else. Nodes that have it are watched on.")),
    "rolling_back": Status("warning", mark("Going back"), mark("Nodes are given back what they had.")),
    "completed": Status("success", mark("Completed"), mark("All nodes have it, and new ones get it.")),
    "rolled_back": Status("error", mark("Rolled back"), mark("It did harm: nodes have again what they had.")),
    "aborted": Status("quiet", mark("Aborted"), mark("An operator ended it: nodes have again what they had.")),
}
_STATES: Mapping[NodeState, Status] = {
    "waiting": Status("quiet", mark("Waiting"), mark("Its turn has not come.")),
    "applying": Status("info", mark("Applying"), mark("It is putting the change in force.")),
    "soaking": Status("warning", mark("Watched"), mark("It has the change, and is watched for a while.")),
    "passed": Status("success", mark("Has passed"), mark("It has the change, and all is well.")),
    "failed": Status("error", mark("Failed"), mark("It was not well with the change.")),
    "skipped": Status("quiet", mark("Passed over"), mark("It was away: it gets the change when it is back.")),
    "rolled_back": Status("quiet", mark("Went back"), mark("It has again what it had before.")),
}
_GATES: Mapping[GateName, str] = {
    "present": mark("Is there"),
    "applied": mark("In force"),
    "configuration": mark("Daemons"),
    "probe": mark("Test mail"),
    "queue": mark("Queue"),
    "deferrals": mark("Deferrals"),
    "bounces": mark("Bounces"),
}
_VERDICTS: Mapping[Verdict, Status] = {
    "waiting": Status("info", mark("Waiting"), ""),
    "passed": Status("success", mark("Good"), ""),
    "failed": Status("error", mark("Bad"), ""),
    "not_asked": Status("quiet", mark("Not asked"), ""),
}


class Dot(msgspec.Struct, frozen=True):
    """A node in the picture of its stage."""

    x: int
    y: int
    tone: str
    title: str


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """A stage as a box with a dot for each node."""

    name: str
    done: int
    nodes: int
    is_current: bool
    dots: tuple[Dot, ...]
    width: int
    height: int
    radius: int = _RADIUS


class GateView(msgspec.Struct, frozen=True):
    """A gate in words."""

    name: str
    status: Status
    figure: str


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """A node's part in words."""

    node: RolloutNode
    stage: str
    status: Status
    gates: tuple[GateView, ...]


class DiffView(msgspec.Struct, frozen=True):
    """What changed in a node's files, line by line with its tone."""

    told: RolloutDiff
    lines: tuple[tuple[str, str], ...]


def status_of(status: RolloutStatus) -> Status:
    """Write a status."""
    return _spoken(_STATUSES[status])


def in_words(change: RolloutChange) -> str:
    """Say what is rolled out."""
    if change.shaping_version is not None:
        return gettext("Version %(number)s") % {"number": change.shaping_version}
    if change.renderer is not None:
        return (
            gettext("Revision %(number)s") % {"number": change.renderer} if change.renderer else gettext("The newest")
        )
    return ", ".join(f"{name} = {value}" for name, value in parameters(change)) or gettext("No parameters")


def parameters(change: RolloutChange) -> list[tuple[str, str]]:
    """List a change's parameters, by daemon."""
    if change.daemons is None:
        return []
    return [(f"{daemon}: {name}", value) for daemon in DAEMONS for name, value in change.daemons.of(daemon).items()]


def stages(rollout: Rollout) -> list[StageView]:
    """Draw each stage."""
    return [_stage(rollout, number) for number in range(rollout.stages)]


def nodes(rollout: Rollout) -> list[NodeView]:
    """Write each node's part, those that are not well first, then by stage."""
    views = [
        NodeView(
            node=node,
            stage=stage_name(node.stage),
            status=_spoken(_STATES[node.state]),
            gates=tuple(_gate(gate) for gate in node.gates),
        )
        for node in rollout.nodes
    ]
    return sorted(views, key=lambda view: (view.node.state != "failed", view.node.stage, view.node.name))


def stage_name(number: int) -> str:
    """Name a stage."""
    return gettext("Wave %(number)s") % {"number": number} if number else gettext("Canary")


def diffs(told: Sequence[RolloutDiff]) -> list[DiffView]:
    """Lay out what changed in files, where it was taken back first."""
    ordered = sorted(told, key=lambda each: (each.problem is None, each.at))
    return [DiffView(each, tuple(_lines(each.diff))) for each in ordered]


def _lines(diff: str) -> Iterator[tuple[str, str]]:
    for line in diff.splitlines():
        if line.startswith(("+++", "---")):
            yield "font-medium", line
        else:
            yield {"+": "text-success", "-": "text-error", "@": "quiet"}.get(line[:1], ""), line


def _stage(rollout: Rollout, number: int) -> StageView:
    members = [node for node in rollout.nodes if node.stage == number]
    dots = tuple(_dot(node, place) for place, node in enumerate(members))
    rows = max(-(-len(members) // _PER_ROW), 1)
    return StageView(
        name=stage_name(number),
        done=sum(node.state == "passed" for node in members),
        nodes=len(members),
        is_current=number == rollout.stage and rollout.ended_at is None,
        dots=dots,
        width=min(max(len(members), 1), _PER_ROW) * _STEP,
        height=rows * _STEP,
    )


def _dot(node: RolloutNode, place: int) -> Dot:
    state = _spoken(_STATES[node.state])
    row, column = divmod(place, _PER_ROW)
    middle = _STEP // 2
    return Dot(column * _STEP + middle, row * _STEP + middle, state.tone, f"{node.name}: {state.label}")


def _gate(gate: Gate) -> GateView:
    return GateView(gettext(_GATES[gate.name]), _spoken(_VERDICTS[gate.verdict]), gate.figure)


def _spoken(status: Status) -> Status:
    return Status(status.tone, gettext(status.label), gettext(status.meaning) if status.meaning else "")
