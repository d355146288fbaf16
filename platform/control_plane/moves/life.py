"""The life of a move: pure. Each function gives what a move is after something happened; effects are `service`'s.

waiting ─begin→ copying ─heard→ copying … ─close→ final ─heard→ switched ─in force everywhere→ done
                   ↑                                │
                   └── a final pass that fails or takes longer than `FINAL_SECONDS`: the source opens again
Every pass has a number that none had before, so that what a node says of another pass says nothing.
"""

from datetime import datetime, timedelta

import msgspec

from control_plane.moves.schemas import MoveStatus

FINAL_SECONDS = 60
"""How long a mailbox may be closed at most."""
MOST_TRIES = 8
"""Copies that fail in a row."""
MOST_FINALS = 5
"""Final passes that come to nothing."""
_FEWEST_PASSES, _MOST_PASSES = 2, 6
_COPY_TIME = timedelta(hours=12)
"""A source that is there and says nothing for so long has forgotten."""
_QUICK = timedelta(seconds=20)
_FEW_MESSAGES, _FEW_BYTES = 50, 16 * 1024 * 1024
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=30)

OPEN: tuple[MoveStatus, ...] = ("waiting", "copying", "final")
ON_NODES: tuple[MoveStatus, ...] = ("copying", "final")
"""While nodes know of it."""

_TOO_LONG = f"The last copy did not end within {FINAL_SECONDS} seconds, so the mailbox was opened again."
_DIFFERS = "After the last copy, the two sides were not the same."
_NO_WORD = "The source has said nothing of its copy for twelve hours."


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a move is."""

    status: MoveStatus = "waiting"
    number: int = 0
    asked_at: datetime | None = None
    due_at: datetime | None = None
    passes: int = 0
    is_ready: bool = False
    tries: int = 0
    finals: int = 0
    problem: str = ""
    messages: int = 0
    size_bytes: int = 0


class PassEnded(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says of a pass."""

    phase: str
    number: int
    messages: int = 0
    size_bytes: int = 0
    agrees: bool = False
    problem: str | None = None


def ask(progress: Progress, now: datetime) -> Progress:
    """Ask for the next pass, the final one if it is ready for that."""
    return msgspec.structs.replace(
        progress, status="final" if progress.is_ready else "copying", number=progress.number + 1, asked_at=now
    )


def heard(progress: Progress, ended: PassEnded, now: datetime) -> Progress | None:
    """Take in how a pass ended; None if it is not the one that was asked for."""
    phase = "final" if progress.status == "final" else "copy"
    if progress.status not in ON_NODES or progress.asked_at is None:
        return None
    if (ended.phase, ended.number) != (phase, progress.number):
        return None
    if ended.problem is not None:
        return _setback(progress, ended.problem, now)
    return _closed(progress, ended, now) if phase == "final" else _copied(progress, ended, now)


def overdue(progress: Progress, now: datetime) -> Progress | None:
    """Give up a pass that takes too long; None if none does."""
    if progress.asked_at is None:
        return None
    if progress.status == "final" and now - progress.asked_at >= timedelta(seconds=FINAL_SECONDS):
        return _setback(progress, _TOO_LONG, now)
    if progress.status == "copying" and now - progress.asked_at >= _COPY_TIME:
        return _setback(progress, _NO_WORD, now)
    return None


def is_due(progress: Progress, now: datetime) -> bool:
    """Say whether the next pass may be asked for."""
    return progress.asked_at is None and (progress.due_at is None or progress.due_at <= now)


def begin_anew(progress: Progress) -> Progress:
    """Go back to the beginning; its numbers go on."""
    return Progress(number=progress.number, problem=progress.problem, size_bytes=progress.size_bytes)


def end(progress: Progress, status: MoveStatus, problem: str) -> Progress:
    """End a move without its mailbox being elsewhere."""
    return msgspec.structs.replace(progress, status=status, problem=problem, asked_at=None, due_at=None)


def _copied(progress: Progress, ended: PassEnded, now: datetime) -> Progress:
    assert progress.asked_at is not None
    passes = progress.passes + 1
    took = now - progress.asked_at
    return msgspec.structs.replace(
        progress,
        asked_at=None,
        due_at=max(now, progress.due_at or now) if progress.finals else now,
        passes=passes,
        is_ready=_enough(passes, took, progress, ended),
        tries=0,
        problem=progress.problem if progress.finals else "",
        messages=ended.messages,
        size_bytes=ended.size_bytes,
    )


def _enough(passes: int, took: timedelta, before: Progress, ended: PassEnded) -> bool:
    """Say whether what is left to copy will be little."""
    changed = abs(ended.messages - before.messages), abs(ended.size_bytes - before.size_bytes)
    is_little = took <= _QUICK and changed[0] <= _FEW_MESSAGES and changed[1] <= _FEW_BYTES
    return passes >= _FEWEST_PASSES and (is_little or passes >= _MOST_PASSES)


def _closed(progress: Progress, ended: PassEnded, now: datetime) -> Progress:
    if not ended.agrees:
        return _setback(progress, _DIFFERS, now)
    return msgspec.structs.replace(
        progress,
        status="switched",
        asked_at=None,
        due_at=None,
        problem="",
        messages=ended.messages,
        size_bytes=ended.size_bytes,
    )


def _setback(progress: Progress, problem: str, now: datetime) -> Progress:
    """Try again later, or fail. A mailbox that was closed is opened at once by asking for a copy meanwhile."""
    if progress.status == "final":
        finals = progress.finals + 1
        if finals >= MOST_FINALS:
            return msgspec.structs.replace(end(progress, "failed", problem), finals=finals)
        opened = msgspec.structs.replace(
            progress, is_ready=False, finals=finals, problem=problem, due_at=now + _pause(finals)
        )
        return ask(opened, now)
    tries = progress.tries + 1
    if tries >= MOST_TRIES:
        return msgspec.structs.replace(end(progress, "failed", problem), tries=tries)
    return msgspec.structs.replace(progress, asked_at=None, due_at=now + _pause(tries), tries=tries, problem=problem)


def _pause(times: int) -> timedelta:
    pause: timedelta = _FIRST_PAUSE * 2 ** (times - 1)
    return min(pause, _LONGEST_PAUSE)
