"""Tests of a roll-out's course."""

from uuid import UUID

import pytest

from control_plane.rollouts.decide import (
    BACK_SECONDS,
    Act,
    Complete,
    End,
    EnterStage,
    Fail,
    Give,
    NodeView,
    Pass,
    Skip,
    Soak,
    TurnBack,
    View,
    next_acts,
)
from control_plane.rollouts.schemas import Gate, NodeState, Status

A, B, C = (UUID(int=number) for number in range(3))
GOOD = (Gate(name="applied", verdict="passed", figure=""),)
UNHEARD = (Gate(name="applied", verdict="waiting", figure=""),)
ON_THE_WAY = (*GOOD, Gate(name="probe", verdict="waiting", figure=""))
BAD = (*GOOD, Gate(name="configuration", verdict="failed", figure="it died"))
GONE = (Gate(name="present", verdict="failed", figure="is silent"),)


def node(
    which: UUID,
    state: NodeState = "waiting",
    *,
    present: bool = True,
    fits: bool = True,
    gates: tuple[Gate, ...] = (),
    soaked: float = 0,
    back: bool = False,
) -> NodeView:
    """A canary, or one of the first wave."""
    return NodeView(
        id=which,
        name="abc"[which.int],
        stage=0 if which == A else 1,
        state=state,
        is_present=present,
        fits=fits,
        gates=gates,
        soaked_seconds=soaked,
        is_back=back,
    )


def view(
    *nodes: NodeView, status: Status = "running", stage: int = 0, holds: bool = False, back_seconds: float = 0
) -> View:
    return View(
        status=status, stage=stage, stages=2, soak_seconds=60, holds=holds, back_seconds=back_seconds, nodes=nodes
    )


PASSED = node(A, "passed", gates=GOOD)

CASES: list[tuple[str, View, list[Act]]] = [
    ("the canary's turn comes first", view(node(A), node(B)), [Give(A)]),
    ("what is not in force yet is waited for", view(node(A, "applying", gates=UNHEARD), node(B)), []),
    ("in force, it is watched", view(node(A, "applying", gates=GOOD), node(B)), [Soak(A)]),
    ("it is watched for long enough", view(node(A, "soaking", gates=GOOD, soaked=59), node(B)), []),
    ("well for long enough, it passes", view(node(A, "soaking", gates=GOOD, soaked=60), node(B)), [Pass(A)]),
    ("its mail must have arrived", view(node(A, "soaking", gates=ON_THE_WAY, soaked=99), node(B)), []),
    ("the canary passed: the wave begins", view(PASSED, node(B)), [EnterStage(1)]),
    ("a wave goes out at once", view(PASSED, node(B), node(C), stage=1), [Give(B), Give(C)]),
    ("one that is away is passed over", view(PASSED, node(B, present=False), stage=1), [Skip(B, "is away")]),
    (
        "one that does not know it is passed over",
        view(PASSED, node(B, fits=False), stage=1),
        [Skip(B, "does not know this revision: update its agent")],
    ),
    ("or waited for", view(PASSED, node(B, present=False), stage=1, holds=True), []),
    ("back again, it gets it", view(PASSED, node(B, "skipped"), node(C, "passed"), stage=1), [Give(B)]),
    ("still away, it holds nobody up", view(PASSED, node(B, "skipped", present=False), stage=1), [Complete()]),
    ("all passed: it is in force", view(PASSED, node(B, "passed", gates=GOOD), stage=1), [Complete()]),
    (
        "without any canary nobody gets it",
        view(node(A, "skipped", present=False), node(B)),
        [TurnBack("No canary was there to try it.")],
    ),
    (
        "one that is not well turns all back",
        view(node(A, "soaking", gates=BAD), node(B)),
        [Fail(A, "it died"), TurnBack("a did not pass (configuration): it died")],
    ),
    (
        "one that went silent with it too",
        view(PASSED, node(B, "applying", gates=GONE), stage=1),
        [Fail(B, "is silent"), TurnBack("b is silent")],
    ),
    ("one that has passed may be silent", view(node(A, "passed", gates=GONE), node(B)), [EnterStage(1)]),
    (
        "one that has passed and does harm turns all back",
        view(node(A, "passed", gates=BAD), node(B, "applying", gates=UNHEARD), stage=1),
        [Fail(A, "it died"), TurnBack("a did not pass (configuration): it died")],
    ),
    (
        "of two, the first is the cause",
        view(node(A, "passed", gates=GOOD), node(B, "soaking", gates=BAD), node(C, "soaking", gates=BAD), stage=1),
        [Fail(B, "it died"), Fail(C, "it died"), TurnBack("b did not pass (configuration): it died")],
    ),
    ("paused, nobody gets it", view(node(A), node(B), status="paused"), []),
    ("paused, no wave begins", view(PASSED, node(B), status="paused"), []),
    (
        "paused, who has it is watched on",
        view(node(A, "applying", gates=GOOD), node(B), status="paused"),
        [Soak(A)],
    ),
    (
        "paused, it still turns back",
        view(node(A, "soaking", gates=BAD), status="paused"),
        [Fail(A, "it died"), TurnBack("a did not pass (configuration): it died")],
    ),
    ("going back, all are waited for", view(node(A, "failed"), node(B), status="rolling_back"), []),
    ("all are back", view(node(A, "failed", back=True), node(B), status="rolling_back"), [End()]),
    (
        "one that is away is not waited for",
        view(node(A, "failed", back=True), node(B, "rolled_back", present=False), status="rolling_back", stage=1),
        [End()],
    ),
    (
        "nor one that does not go back for long",
        view(node(A, "failed"), status="rolling_back", back_seconds=BACK_SECONDS + 1),
        [End()],
    ),
    ("nobody had it: it is over", view(node(A), node(B), status="rolling_back"), [End()]),
    ("what is over stays over", view(PASSED, node(B), status="completed"), []),
]


@pytest.mark.parametrize(("standing", "acts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_to_be_done_next(standing: View, acts: list[Act]) -> None:
    assert next_acts(standing) == acts
