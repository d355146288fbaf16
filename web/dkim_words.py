"""A DKIM key's life in words: the steps that it has before and behind it, and what happens next."""

from datetime import datetime

import msgspec

from control_plane.core.languages import mark
from control_plane.mail_domains.dkim_life import KeyStatus
from control_plane.mail_domains.dkim_schemas import DkimKey, DkimKeys
from web.i18n import gettext
from web.statuses import Status

_STATUSES: dict[KeyStatus, Status] = {
    "pending": Status("info", mark("Waiting"), mark("It signs as soon as its record was seen in DNS.")),
    "active": Status("success", mark("Signs"), mark("Mail is signed with it.")),
    "retiring": Status("quiet", mark("Runs out"), mark("It no longer signs; its record stays for mail on its way.")),
    "retired": Status("quiet", mark("Retired"), mark("Its record and its private half are gone.")),
}
_ALGORITHMS = {"rsa": "RSA 2048", "ed25519": "Ed25519"}


class LifeStep(msgspec.Struct, frozen=True):
    """A step in a key's life."""

    label: str
    at: datetime | None
    is_done: bool


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A key as the page shows it."""

    key: DkimKey
    algorithm: str
    status: Status
    steps: tuple[LifeStep, ...]
    next: str
    record: str
    """What is to be published for it by hand; empty: nothing."""


def lines(keys: DkimKeys) -> list[KeyLine]:
    """Give each key with its life."""
    is_first = not any(key.status == "active" for key in keys.keys)
    return [_line(key, by_hand=keys.mode == "txt", is_first=is_first) for key in keys.keys]


def _line(key: DkimKey, *, by_hand: bool, is_first: bool) -> KeyLine:
    status = _STATUSES[key.status]
    return KeyLine(
        key=key,
        algorithm=_ALGORITHMS[key.algorithm],
        status=Status(status.tone, gettext(status.label), gettext(status.meaning)),
        steps=_steps(key),
        next=_next(key, by_hand=by_hand, is_first=is_first),
        record=f"v=DKIM1; k={key.algorithm}; p={key.public_key}" if by_hand and key.status == "pending" else "",
    )


def _steps(key: DkimKey) -> tuple[LifeStep, ...]:
    """List the four steps; a key that was withdrawn may have left some out."""
    signed = key.activated_at is not None or key.status == "active"
    return (
        LifeStep(gettext("Made"), key.created_at, is_done=True),
        LifeStep(gettext("Signs"), key.activated_at, is_done=signed),
        LifeStep(gettext("Stopped signing"), key.retiring_at, is_done=key.retiring_at is not None),
        LifeStep(gettext("Retired"), key.retired_at, is_done=key.status == "retired"),
    )


def _next(key: DkimKey, *, by_hand: bool, is_first: bool) -> str:
    """Say what happens next, and who has to do something for it."""
    if key.compromised_at is not None and key.status != "retired":
        return gettext("It may be in other hands: it goes as soon as its successor signs. Then remove its record.")
    if key.status == "pending" and key.seen_at is not None:
        return gettext("Its record was seen in DNS. It signs once the old answers have left all caches.")
    if key.status == "pending" and by_hand and is_first:
        untried = _STATUSES["pending"]
        return gettext(untried.meaning)
    if key.status == "pending":
        waiting = gettext("Publish its record: it signs once that is seen in DNS. Until then the old key signs.")
        return waiting if by_hand else gettext("It signs once its record is seen in DNS; nothing need be done.")
    if key.status == "retiring":
        kept = gettext("Its record must stay until then: mail that it signed is still on its way.")
        return kept if by_hand else gettext("Its record stays until then for mail that is on its way.")
    if key.status == "retired" and by_hand:
        return gettext("Its record can be removed.")
    return ""
