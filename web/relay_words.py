"""Relays in words: how one is, and which mail it is for."""

from control_plane.core.languages import mark
from control_plane.relays.schemas import Relay
from web.i18n import gettext
from web.statuses import Status

_STREAMS: dict[str, str] = {"transactional": mark("transactional"), "broadcast": mark("broadcast")}
_ACTIVE = Status("success", mark("In use"), mark("Mail leaves by it as its scope says."))
_STAND_BY = Status("info", mark("Stands by"), mark("Mail leaves by it when our own addresses cannot take it."))
_PAUSED = Status("quiet", mark("Paused"), mark("No mail leaves by it until it is made active again."))
_FAILING = Status(
    "error", mark("Failing"), mark("It does not take mail just now. It is tried again by itself, one mail at a time.")
)


def status_of(relay: Relay) -> Status:
    """Say how a relay is, translated."""
    if relay.status == "paused":
        found = _PAUSED
    elif relay.health.failing_on:
        found = _FAILING
    else:
        found = _ACTIVE if relay.mode == "always" or relay.always_for else _STAND_BY
    return Status(found.tone, gettext(found.label), gettext(found.meaning))


def scope_of(relay: Relay) -> str:
    """Say which mail a relay is for."""
    scope = relay.scope
    parts = [
        ", ".join(scope.domains) or (gettext("Everybody’s mail") if relay.for_all else gettext("All domains")),
        ", ".join(gettext(_STREAMS[stream]) for stream in scope.streams),
        gettext("to %(destinations)s") % {"destinations": ", ".join(scope.destinations)} if scope.destinations else "",
    ]
    return " · ".join(part for part in parts if part)
