"""Moves of mailboxes as the operator's pages show them: in words, with a bar for how far they are."""

from collections.abc import Sequence

import msgspec

from control_plane.core.languages import mark
from control_plane.moves.schemas import MailboxMove, MoveBatch
from web.i18n import gettext, ngettext
from web.statuses import Status

KINDS = (
    ("mailbox", mark("A mailbox")),
    ("domain", mark("All of a domain")),
    ("tenant", mark("All of a tenant")),
    ("node", mark("All of a node, which is drained")),
)
STATUSES = (
    ("waiting", mark("Waiting")),
    ("copying", mark("Copying")),
    ("final", mark("Last copy")),
    ("switched", mark("Arrived")),
    ("done", mark("Done")),
    ("failed", mark("Failed")),
    ("aborted", mark("Aborted")),
)
_MOVES = {
    "waiting": Status("quiet", mark("Waiting"), mark("Its turn comes.")),
    "copying": Status("info", mark("Copying"), mark("It is copied while it is in use.")),
    "final": Status("warning", mark("Last copy"), mark("It is closed for a moment, and the rest is copied.")),
    "switched": Status("success", mark("Arrived"), mark("It is at its new node.")),
    "done": Status("success", mark("Done"), mark("It is at its new node, and all nodes know.")),
    "failed": Status("error", mark("Failed"), mark("It is where it was, and in use.")),
    "aborted": Status("quiet", mark("Aborted"), mark("It is where it was, and in use.")),
}
_BATCHES = {
    "running": Status("info", mark("Under way"), mark("It goes on by itself.")),
    "paused": Status("warning", mark("Paused"), mark("Nothing more begins until you let it go on.")),
    "done": Status("success", mark("Over"), mark("Nothing is left to do.")),
    "failed": Status("error", mark("Some failed"), mark("The rest is over; what failed can be tried again.")),
}
_MINUTE, _HOUR = 60, 3600


class Part(msgspec.Struct, frozen=True):
    """A part of a bar, in hundredths of it."""

    tone: str
    start: float
    width: float
    label: str


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, with how far it is."""

    batch: MoveBatch
    status: Status
    parts: list[Part]
    time_left: str

    @property
    def percent(self) -> int:
        """Say how much has arrived."""
        return 100 * self.batch.arrived // self.batch.mailboxes if self.batch.mailboxes else 100


class MoveRow(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox on its way."""

    move: MailboxMove
    status: Status
    remark: str
    may_abort: bool
    may_retry: bool


def batch_row(batch: MoveBatch) -> BatchRow:
    """Put what was asked for into words."""
    left = _time_left(batch.seconds_left) if batch.status == "running" and batch.seconds_left is not None else ""
    return BatchRow(batch=batch, status=_spoken(_BATCHES[batch.status]), parts=_parts(batch), time_left=left)


def move_row(move: MailboxMove) -> MoveRow:
    """Put a move into words."""
    is_open = move.status in ("waiting", "copying", "final")
    return MoveRow(
        move=move,
        status=_spoken(_MOVES[move.status]),
        remark=gettext("Waits: %(what)s") % {"what": move.waits_for} if move.waits_for else move.problem,
        may_abort=is_open,
        may_retry=move.status in ("failed", "aborted"),
    )


def _parts(batch: MoveBatch) -> list[Part]:
    counts: Sequence[tuple[str, int, str]] = (
        ("success", batch.arrived, gettext("Arrived")),
        ("info", batch.under_way, gettext("Under way")),
        ("error", batch.failed, gettext("Failed")),
    )
    parts, start = [], 0.0
    for tone, count, label in counts:
        width = 100 * count / max(batch.mailboxes, 1)
        if count:
            parts.append(Part(tone, start, width, label))
        start += width
    return parts


def _time_left(seconds: int) -> str:
    if seconds < _MINUTE:
        return gettext("less than a minute left")
    if seconds < 2 * _HOUR:
        minutes = round(seconds / _MINUTE)
        return ngettext("about %(num)s minute left", "about %(num)s minutes left", minutes) % {"num": minutes}
    hours = round(seconds / _HOUR)
    return ngettext("about %(num)s hour left", "about %(num)s hours left", hours) % {"num": hours}


def _spoken(status: Status) -> Status:
    return Status(status.tone, gettext(status.label), gettext(status.meaning))
