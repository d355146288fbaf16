"""What roll-outs look like to operators, and what is needed to begin one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body
from tenant_agent import wire

Kind: TypeAlias = Literal["shaping", "daemons", "renderer"]
Status: TypeAlias = Literal["running", "paused", "rolling_back", "completed", "rolled_back", "aborted"]
NodeState: TypeAlias = Literal["waiting", "applying", "soaking", "passed", "failed", "skipped", "rolled_back"]
GateName: TypeAlias = Literal["present", "applied", "configuration", "probe", "queue", "deferrals", "bounces"]
Verdict: TypeAlias = Literal["waiting", "passed", "failed", "not_asked"]

Daemon: TypeAlias = wire.Daemon
DAEMONS: tuple[Daemon, ...] = wire.DAEMONS

ENDED: frozenset[Status] = frozenset({"completed", "rolled_back", "aborted"})
TOUCHED: frozenset[NodeState] = frozenset({"applying", "soaking", "passed", "failed"})
"""Nodes in these states have the change."""

_MOST_PARAMETERS, _MOST_NODES, _MOST_WAVES = 200, 1000, 50
_LARGEST = 2**31 - 1
_DAY_SECONDS = 86_400

Parameters: TypeAlias = Annotated[dict[str, str], msgspec.Meta(max_length=_MOST_PARAMETERS)]


class DaemonParameters(Body, frozen=True, kw_only=True):
    """All that is set beyond what the renderer writes by itself; what is not named here is left to the renderer."""

    postfix: Parameters = msgspec.field(default_factory=dict)
    dovecot: Parameters = msgspec.field(default_factory=dict)
    rspamd: Parameters = msgspec.field(default_factory=dict)

    def of(self, daemon: Daemon) -> Mapping[str, str]:
        """Give one daemon's."""
        return {"postfix": self.postfix, "dovecot": self.dovecot, "rspamd": self.rspamd}[daemon]


class Settable(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter that may be set."""

    name: str
    takes: str
    """In words."""
    words: tuple[str, ...]
    """The values to choose from; none: any that fits."""


class RolloutChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is rolled out: one of these."""

    daemons: DaemonParameters | None = None
    shaping_version: int | None = None
    """0: the set that comes with the product."""
    renderer: int | None = None
    """A revision; 0: each agent's newest."""


class NewRollout(Body, frozen=True, kw_only=True):
    """A change to be brought to the fleet, and how: `kind` says which of the three fields it is."""

    kind: Kind
    daemons: DaemonParameters | None = None
    shaping_version: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)] | None = None
    renderer: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)] | None = None
    canary: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=100)], ...], msgspec.Meta(max_length=_MOST_NODES)
    ] = ()
    """Names or ids of the nodes that try it first; none: the ready one that sends least."""
    waves: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=100_000)], ...], msgspec.Meta(max_length=_MOST_WAVES)
    ] = (10, 50, 100)
    """How many nodes have it after each wave, in rising numbers; after the last one, all have it."""
    waves_in: Literal["percent", "nodes"] = "percent"
    soak_seconds: Annotated[int, msgspec.Meta(ge=0, le=7 * _DAY_SECONDS)] = 600
    """For how long each node is watched before the next wave."""
    probe_address: Annotated[str, msgspec.Meta(max_length=254)] | None = None
    """Where each node sends a mail, to see whether mail leaves it; none: as `FLEETPOST_PROBE_ADDRESS` says."""
    hold_for_absent: bool = False
    """Wait for nodes that are away or do not know the revision; otherwise they get it when they are back."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must be well with a node, and how it was found last."""

    name: GateName
    verdict: Verdict
    figure: str
    """In a clause, for people."""


class RolloutNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node's part in a roll-out."""

    node_id: str
    name: str
    region: str
    stage: int
    """0: a canary; then its wave."""
    state: NodeState
    reason: str
    generation: int | None
    """In which it was given the change."""
    published_at: datetime | None
    gates: tuple[Gate, ...]


class RolloutLine(msgspec.Struct, frozen=True, kw_only=True):
    """A roll-out as one of a list."""

    id: str
    kind: Kind
    change: RolloutChange
    status: Status
    cause: str | None
    """Why it went back."""
    stage: int
    stages: int
    nodes_by_state: dict[NodeState, int]
    author: str
    started_at: datetime
    ended_at: datetime | None


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """A change on its way through the fleet."""

    id: str
    kind: Kind
    change: RolloutChange
    former: RolloutChange
    """What was in force when it began: to undo it, roll this out."""
    status: Status
    cause: str | None
    stage: int
    """The stage that is under way, or was last."""
    stages: int
    waves: tuple[int, ...]
    waves_in: Literal["percent", "nodes"]
    soak_seconds: int
    probe_address: str | None
    hold_for_absent: bool
    author: str
    started_at: datetime
    ended_at: datetime | None
    nodes: tuple[RolloutNode, ...]


class RolloutDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in a node's rendered files."""

    node_id: str
    name: str
    generation: int
    service: str
    diff: str
    problem: str | None
    """Why the node went back to its former files, in the daemon's own words."""
    at: datetime


class RolloutDiffs(msgspec.Struct, frozen=True):
    """All that nodes told of a roll-out, in the order in which they did; kept for 90 days."""

    data: tuple[RolloutDiff, ...]
