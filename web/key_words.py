"""API keys in words: ready-made sets of rights, and what a key may do."""

from collections.abc import Sequence

import msgspec

from control_plane.accounts.key_rights import may_give
from control_plane.accounts.schemas import RESOURCES
from control_plane.core.auth import Subject
from control_plane.core.languages import mark
from web.i18n import gettext

_SEND = ("messages:write",)


class Preset(msgspec.Struct, frozen=True):
    """A set of rights under a name."""

    name: str
    label: str
    hint: str
    scopes: tuple[str, ...]


def presets(subject: Subject) -> list[Preset]:
    """List the sets that a person may give."""
    reading = tuple(f"{each}:read" for each in RESOURCES if may_give(subject, f"{each}:read"))
    offered = (
        Preset("send", mark("Send only"), mark("Hands in messages, and reads nothing."), _SEND),
        Preset("read", mark("Read only"), mark("Sees all that you see, and changes nothing."), reading),
        Preset("all", mark("Everything"), mark("May do all that you may."), _everything(subject)),
    )
    return [each for each in offered if each.scopes and all(may_give(subject, scope) for scope in each.scopes)]


def _everything(subject: Subject) -> tuple[str, ...]:
    if may_give(subject, "*"):
        return ("*",)
    singly = (f"{each}:{act}" for each in RESOURCES for act in ("read", "write"))
    return tuple(scope for scope in singly if may_give(subject, scope))


def rights_of(scopes: Sequence[str]) -> str:
    """Say what a key may do."""
    if "*" in scopes:
        return gettext("Everything")
    if tuple(scopes) == _SEND:
        return gettext("Send only")
    if all(scope.endswith(":read") for scope in scopes) and len(scopes) > 1:
        return gettext("Read only")
    return ", ".join(scopes)


def bounds_of(domains: Sequence[str], networks: Sequence[str]) -> str:
    """Say where a key is good."""
    return ", ".join([*domains, *networks]) or gettext("No bounds")
