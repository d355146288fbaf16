"""What is done next about a move, by the state of its nodes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from control_plane.core.ids import NodeId
from control_plane.moves import life
from control_plane.moves.decide import Decision, Moving, decide
from control_plane.moves.fleet import MOST_FINALS, MOST_MOVES, Busy, Fleet, MoveNode
from control_plane.moves.life import Progress

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GIB = 1024**3
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def node(node_id: UUID, **fields: Any) -> MoveNode:
    usual = MoveNode(
        id=NodeId(node_id),
        name={A: "a", B: "b", C: "c"}[node_id],
        status="ready",
        is_drained=False,
        keeps_mailboxes=True,
        is_known=True,
        mailboxes=10,
        disk_free_bytes=50 * GIB,
        disk_total_bytes=100 * GIB,
    )
    return msgspec.structs.replace(usual, **fields)


def fleet(*nodes: MoveNode, busy: dict[UUID, Busy] | None = None) -> Fleet:
    known: dict[UUID, MoveNode] = {A: node(A), B: node(B)}
    known.update({each.id: each for each in nodes})
    return Fleet(nodes=known, busy=busy or {})


def moving(progress: Progress | None = None, **fields: Any) -> Moving:
    usual = Moving(
        progress=progress or Progress(),
        source_id=A,
        target_id=None,
        target_given=False,
        is_paused=False,
        mailbox_at=A,
        in_force=True,
    )
    return msgspec.structs.replace(usual, **fields)


COPYING = life.ask(Progress(), NOW)
BETWEEN = msgspec.structs.replace(COPYING, asked_at=None, passes=1)
READY = msgspec.structs.replace(BETWEEN, passes=2, is_ready=True)
FINAL = life.ask(READY, NOW)


def decided(move: Moving, known: Fleet, later: float = 0) -> Decision:
    decision = decide(move, known, NOW + timedelta(seconds=later))
    assert decision is not None
    return decision


def test_whose_turn_it_is_begins() -> None:
    begun = decided(moving(), fleet())
    assert (begun.progress.status, begun.progress.number, begun.target_id) == ("copying", 1, B)


@pytest.mark.parametrize(
    ("nodes", "expected", "remark"),
    [
        ((node(C),), C, "of two alike the later one, always the same"),
        ((node(C, disk_free_bytes=20 * GIB),), B, "more room"),
        ((node(C, mailboxes=3),), C, "fewer mailboxes"),
        ((node(B, mailboxes=0, disk_free_bytes=8 * GIB), node(C)), B, "an empty node is filled first"),
        ((node(B, status="lost"), node(C)), C, "one that is lost takes none"),
        ((node(B, is_drained=True), node(C, mailboxes=10**6)), C, "nor one that is being emptied"),
        ((node(B, keeps_mailboxes=False), node(C, mailboxes=10**6)), C, "nor one that keeps no mailboxes"),
        ((node(B, is_known=False), node(C, mailboxes=10**6)), C, "nor one that the others could not recognise"),
        ((node(B, disk_free_bytes=2 * GIB), node(C, mailboxes=10**6)), C, "nor one that is nearly full"),
        ((node(B, disk_free_bytes=None), node(C, mailboxes=10**9)), C, "one that does not say has least room"),
    ],
)
def test_the_target_is_the_node_with_most_room(nodes: tuple[MoveNode, ...], expected: UUID, remark: str) -> None:
    assert decided(moving(), fleet(*nodes)).target_id == expected, remark


@pytest.mark.parametrize(
    ("nodes", "waits_for"),
    [
        ((node(A, status="lost"),), "a must be back."),
        ((node(A, status="enrolling"),), "a must be back."),
        ((node(A, is_known=False),), "a must tell its certificate to the others: bring its agent up to date."),
        ((node(B, status="lost"),), "b must be back."),
        ((node(B, is_known=False),), "b must tell its certificate to the others: bring its agent up to date."),
        ((node(B, disk_free_bytes=GIB),), "b must have more free disk."),
    ],
)
def test_it_says_what_it_waits_for(nodes: tuple[MoveNode, ...], waits_for: str) -> None:
    for progress in (Progress(), BETWEEN):
        waiting = decided(moving(progress, target_id=B, target_given=True), fleet(*nodes))
        assert (waiting.waits_for, waiting.progress) == (waits_for, progress)


def test_it_waits_for_any_node_if_none_can_take_it() -> None:
    waiting = decided(moving(), fleet(node(B, status="lost")))
    assert waiting.waits_for == "No node can take it now: one must be ready, not drained, and have room."


def test_a_mailbox_that_would_not_fit_goes_elsewhere() -> None:
    large = Progress(size_bytes=48 * GIB)
    assert decided(moving(large), fleet(node(C, disk_free_bytes=60 * GIB, mailboxes=10**6))).target_id == C


@pytest.mark.parametrize("at", [A, B])
def test_only_some_begin_at_once_on_a_node(at: UUID) -> None:
    full = {at: Busy(moves=MOST_MOVES)}
    assert decided(moving(target_id=B, target_given=True), fleet(busy=full)).progress.status == "waiting"
    one_less = {at: Busy(moves=MOST_MOVES - 1)}
    assert decided(moving(target_id=B, target_given=True), fleet(busy=one_less)).progress.status == "copying"


def test_few_mailboxes_of_a_node_are_closed_at_a_time() -> None:
    ready = moving(READY, target_id=B)
    assert decided(ready, fleet(busy={A: Busy(moves=2, finals=MOST_FINALS)})).progress == READY
    assert decided(ready, fleet(busy={B: Busy(moves=2, finals=MOST_FINALS)})).progress.status == "final", (
        "another's is no matter"
    )


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        (node(B, status="retired"), "b is out of service."),
        (
            node(B, is_drained=True, status="draining"),
            "b is being emptied: choose another node, or let it serve again.",
        ),
        (node(B, keeps_mailboxes=False), "b keeps no mailboxes: give it the role mailbox, or choose another."),
    ],
)
@pytest.mark.parametrize("progress", [COPYING, BETWEEN, READY, FINAL], ids=["copying", "between", "ready", "final"])
def test_a_target_that_drops_out_is_replaced_unless_it_was_given(
    progress: Progress, target: MoveNode, problem: str
) -> None:
    chosen = decided(moving(progress, target_id=B), fleet(target, node(C)))
    assert (chosen.progress.status, chosen.target_id, chosen.progress.number) == ("waiting", None, progress.number)
    given = decided(moving(progress, target_id=B, target_given=True), fleet(target, node(C)))
    assert (given.progress.status, given.progress.problem) == ("failed", problem)


@pytest.mark.parametrize("progress", [Progress(), COPYING, BETWEEN, READY, FINAL])
def test_a_move_ends_with_its_mailbox_or_its_source(progress: Progress) -> None:
    gone = decided(moving(progress, target_id=B, mailbox_at=None), fleet())
    assert (gone.progress.status, gone.progress.problem) == ("aborted", "The mailbox was deleted.")
    elsewhere = decided(moving(progress, target_id=B, mailbox_at=C), fleet())
    assert elsewhere.progress.status == "aborted"
    lost = decided(moving(progress, target_id=B), fleet(node(A, status="retired")))
    assert (lost.progress.status, "out of service" in lost.progress.problem) == ("failed", True)


@pytest.mark.parametrize("progress", [Progress(), COPYING, FINAL], ids=["waiting", "copying", "final"])
def test_a_mailbox_whose_address_is_anothers_by_now_waits(progress: Progress) -> None:
    waiting = decided(moving(progress, target_id=B, in_force=False), fleet())
    assert (waiting.progress.status, waiting.target_id) == ("waiting", None)
    assert "proven" in waiting.waits_for
    given = decided(moving(progress, target_id=B, target_given=True, in_force=False), fleet())
    assert given.target_id == B


def test_a_source_that_is_lost_is_not_held_to_a_time() -> None:
    lost = fleet(node(A, status="lost"))
    assert decide(moving(COPYING, target_id=B), lost, NOW + timedelta(days=3)) is None


def test_a_source_or_target_that_is_lost_while_the_mailbox_is_closed_opens_it_in_time() -> None:
    for gone in (node(A, status="lost"), node(B, status="lost")):
        opened = decided(moving(FINAL, target_id=B), fleet(gone), later=life.FINAL_SECONDS)
        assert (opened.progress.status, opened.progress.number) == ("copying", FINAL.number + 1)


def test_what_is_paused_begins_nothing_and_sees_through_what_is_closed() -> None:
    assert decided(moving(is_paused=True), fleet()).progress == Progress()
    assert decide(moving(BETWEEN, target_id=B, is_paused=True), fleet(), NOW) is None
    assert decide(moving(READY, target_id=B, is_paused=True), fleet(), NOW) is None
    late = decided(moving(FINAL, target_id=B, is_paused=True), fleet(), later=life.FINAL_SECONDS)
    assert late.progress.status == "copying"


@pytest.mark.parametrize("status", ["switched", "done", "failed", "aborted"])
def test_what_is_over_stays_as_it_is(status: str) -> None:
    over = msgspec.structs.replace(FINAL, status=status)
    assert decide(moving(over, target_id=B, mailbox_at=None), fleet(), NOW) is None


def test_a_pass_under_way_is_left_alone() -> None:
    assert decide(moving(COPYING, target_id=B), fleet(), NOW + timedelta(hours=1)) is None
    assert decide(moving(FINAL, target_id=B), fleet(), NOW + timedelta(seconds=30)) is None


def test_a_drained_source_is_what_is_being_emptied() -> None:
    assert decided(moving(), fleet(node(A, status="draining", is_drained=True))).progress.status == "copying"
