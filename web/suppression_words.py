"""Suppressions in words: reasons as badges, where entries came from, how they ended."""

from collections.abc import Iterable

from control_plane.core.languages import mark
from control_plane.suppressions.schemas import Answer, Suppression
from web.i18n import gettext
from web.statuses import Status

REASONS = {
    "hard_bounce": Status("error", mark("Bounced"), mark("A mail server refused mail to it for good.")),
    "soft_bounce": Status(
        "warning", mark("Put off"), mark("Mail to it was put off again and again. It ends by itself.")
    ),
    "complaint": Status("error", mark("Complained"), mark("Its owner marked mail as spam.")),
    "unsubscribe": Status("info", mark("Unsubscribed"), mark("Its owner wants no more of this mail.")),
    "manual": Status("quiet", mark("By hand"), mark("Somebody put it on the list.")),
}
STREAMS = {"transactional": mark("Transactional"), "broadcast": mark("Broadcast")}
_SOURCES = {
    "api": mark("The API"),
    "portal": mark("This page"),
    "import": mark("A file"),
    "bounce": mark("A mail that came back"),
    "complaint": mark("A complaint"),
    "unsubscribe": mark("The recipient"),
}
_ENDINGS = {
    "deleted": mark("Taken off the list"),
    "reactivated": mark("Reactivated"),
    "expired": mark("Ended by itself"),
}
_WRITABLE = ("manual", "unsubscribe", "hard_bounce", "complaint")


def reason_of(reason: str) -> Status:
    """Give a reason's badge."""
    known = REASONS.get(reason, Status("quiet", reason, ""))
    return Status(known.tone, gettext(known.label), gettext(known.meaning))


def stream_of(entry: Suppression) -> str:
    """Say which mail it holds back."""
    return gettext(STREAMS[entry.stream]) if entry.stream else gettext("Both streams")


def source_of(entry: Suppression) -> str:
    """Say where it came from."""
    return gettext(_SOURCES[entry.source])


def ending_of(entry: Suppression) -> str:
    """Say how it ended."""
    return gettext(_ENDINGS[entry.ended_as]) if entry.ended_as else ""


def reasons(names: Iterable[str] = _WRITABLE) -> list[tuple[str, str]]:
    """List reasons for a choice."""
    return [(name, gettext(REASONS[name].label)) for name in names]


def active(answer: Answer) -> list[Suppression]:
    """List what holds mail to an address back now."""
    return [entry for entry in answer.own if entry.status == "active"]
