"""The life of a move as a table: what each thing that happens makes of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from control_plane.moves import life
from control_plane.moves.life import PassEnded, Progress

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def copied(number: int, **said: object) -> PassEnded:
    return PassEnded(phase="copy", number=number, **said)  # type: ignore[arg-type]


def agreed(number: int) -> PassEnded:
    return PassEnded(phase="final", number=number, agrees=True, messages=7, size_bytes=700)


def after_passes(*passes: tuple[int, int, int]) -> Progress:
    """Make copies, each so many seconds long, with so many messages and octets in the end."""
    progress = life.ask(Progress(), NOW)
    for seconds, messages, size_bytes in passes:
        if progress.asked_at is None:
            progress = life.ask(progress, NOW)
        ended = copied(progress.number, messages=messages, size_bytes=size_bytes)
        heard = life.heard(progress, ended, NOW + seconds * SECOND)
        assert heard is not None
        progress = heard
    return progress


def closed(**fields: object) -> Progress:
    """Give a move whose mailbox is closed."""
    asked = life.ask(msgspec.structs.replace(Progress(number=2, passes=2), is_ready=True), NOW)
    return msgspec.structs.replace(asked, **fields)


@pytest.mark.parametrize(
    ("passes", "is_ready", "remark"),
    [
        ([(1, 10, 1000)], False, "one copy alone is never enough"),
        ([(600, 9000, 10**10), (1, 9000, 10**10)], True, "the second was quick, and nothing came meanwhile"),
        ([(600, 9000, 10**10), (90, 9000, 10**10)], False, "the second took long: much may have come meanwhile"),
        ([(600, 9000, 10**10), (5, 9400, 10**10)], False, "many messages came meanwhile"),
        ([(600, 9000, 10**10), (5, 9001, 2 * 10**10)], False, "much came meanwhile"),
        ([(90, n * 1000, 10**9) for n in range(5)], False, "it is tried to get nearer …"),
        ([(90, n * 1000, 10**9) for n in range(6)], True, "… but not for ever"),
    ],
)
def test_a_mailbox_is_closed_when_little_is_left(
    passes: list[tuple[int, int, int]], is_ready: bool, remark: str
) -> None:
    progress = after_passes(*passes)
    assert (progress.is_ready, progress.asked_at) == (is_ready, None), remark
    asked = life.ask(progress, NOW)
    assert (asked.status, asked.number) == ("final" if is_ready else "copying", len(passes) + 1)


@pytest.mark.parametrize(
    ("ended", "remark"),
    [
        (agreed(2), "a pass from before"),
        (agreed(4), "one that was never asked for"),
        (copied(3), "a copy, where the final pass was asked for"),
        (PassEnded(phase="switch", number=3, agrees=True), "no phase of ours"),
        (PassEnded(phase="", number=0), "nothing at all"),
        (PassEnded(phase="final", number=-3, agrees=True), "a number that cannot be"),
    ],
)
def test_only_the_pass_that_was_asked_for_counts(ended: PassEnded, remark: str) -> None:
    assert closed().number == 3
    assert life.heard(closed(), ended, NOW) is None, remark


@pytest.mark.parametrize("status", ["waiting", "switched", "done", "failed", "aborted"])
def test_nothing_counts_that_is_said_of_a_move_that_is_not_under_way(status: str) -> None:
    assert life.heard(closed(status=status), agreed(3), NOW) is None
    assert life.heard(closed(asked_at=None), agreed(3), NOW) is None


def test_an_agreeing_source_switches() -> None:
    switched = life.heard(closed(finals=2, problem="slow"), agreed(3), NOW)
    assert switched is not None
    assert (switched.status, switched.messages, switched.size_bytes) == ("switched", 7, 700)
    assert (switched.problem, switched.asked_at) == ("", None)


@pytest.mark.parametrize(
    "ended",
    [
        PassEnded(phase="final", number=3, agrees=False),
        PassEnded(phase="final", number=3, agrees=True, problem="the target refused"),
    ],
)
def test_a_final_pass_that_comes_to_nothing_opens_the_mailbox_at_once(ended: PassEnded) -> None:
    opened = life.heard(closed(), ended, NOW)
    assert opened is not None
    assert (opened.status, opened.number, opened.asked_at, opened.is_ready) == ("copying", 4, NOW, False)
    assert opened.problem


def test_nobody_is_locked_out_for_longer_than_a_minute() -> None:
    assert life.overdue(closed(), NOW + 59 * SECOND) is None
    opened = life.overdue(closed(), NOW + 60 * SECOND)
    assert opened is not None
    assert (opened.status, opened.number, opened.finals) == ("copying", 4, 1)
    assert life.heard(opened, agreed(3), NOW + 61 * SECOND) is None, "the late word of the pass that was given up"


def test_a_mailbox_is_not_closed_again_and_again() -> None:
    progress, opened, now, closings = closed(), closed(), NOW, []
    while progress.status == "final":
        closings.append(now)
        now += 60 * SECOND
        late = life.overdue(progress, now)
        assert late is not None
        opened = late
        if opened.status == "failed":
            break
        heard = life.heard(opened, copied(opened.number), now)
        assert heard is not None
        assert heard.is_ready
        while not life.is_due(heard, now):
            now += SECOND
        progress = life.ask(heard, now)
    assert (opened.status, len(closings)) == ("failed", life.MOST_FINALS)
    pauses = [after - before for before, after in pairwise(closings)]
    assert pauses == sorted(pauses)
    assert "opened again" in opened.problem


def test_a_copy_that_fails_is_made_again_later_and_given_up_in_the_end() -> None:
    progress, now, pauses = life.ask(Progress(), NOW), NOW, []
    while progress.status != "failed":
        failed = life.heard(progress, copied(progress.number, problem="no route to host"), now)
        assert failed is not None
        if failed.due_at is not None:
            assert not life.is_due(failed, now)
            pauses.append(failed.due_at - now)
            now = failed.due_at
            assert life.is_due(failed, now)
            failed = life.ask(failed, now)
        progress = failed
    assert (progress.number, progress.problem) == (life.MOST_TRIES, "no route to host")
    assert pauses[:3] == [15 * SECOND, 30 * SECOND, 60 * SECOND]


def test_failures_in_a_row_count_and_no_others() -> None:
    failed = life.heard(life.ask(Progress(tries=6), NOW), copied(1, problem="cut off"), NOW)
    assert failed is not None
    went = life.heard(life.ask(failed, NOW), copied(2), NOW)
    assert went is not None
    assert (failed.tries, went.tries, went.problem) == (7, 0, "")


def test_a_source_that_forgets_a_copy_is_asked_again() -> None:
    asked = life.ask(Progress(), NOW)
    assert life.overdue(asked, NOW + timedelta(hours=11)) is None
    late = life.overdue(asked, NOW + timedelta(hours=12))
    assert late is not None
    assert (late.status, late.tries, late.asked_at) == ("copying", 1, None)


def test_a_move_that_is_begun_anew_uses_no_number_twice() -> None:
    anew = life.begin_anew(closed(status="failed", problem="full", finals=5))
    assert (anew.status, anew.number, anew.finals, anew.passes) == ("waiting", 3, 0, 0)
    assert life.ask(anew, NOW).number == 4
