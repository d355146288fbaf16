"""Inbound routes and their mail in words."""

from control_plane.core.languages import mark
from control_plane.inbound_routes.schemas import InboundRoute, Match
from web import formats
from web.i18n import gettext
from web.statuses import Status

_MEGABYTE = 1_000_000

MATCHES = (
    ("address", mark("One address")),
    ("domain", mark("Everybody at a domain")),
    ("subdomains", mark("Everybody below a domain")),
    ("header", mark("Mail with a header")),
)
ACTIONS = (
    ("webhook", mark("Send to a webhook")),
    ("mailbox", mark("Put into a mailbox")),
    ("forward", mark("Forward to an address")),
    ("hold", mark("Hold")),
    ("drop", mark("Drop")),
)
_STATUSES = {
    "routed": Status("success", mark("Sent on"), mark("It was put on its way to the route’s webhook.")),
    "forwarded": Status(
        "success", mark("Forwarded"), mark("It was put on its way to the address that its route names.")
    ),
    "delivered": Status("success", mark("To a mailbox"), mark("It was put on its way to the mailbox of its route.")),
    "held": Status("warning", mark("Held"), mark("It waits for you to release it or to throw it away.")),
    "dropped": Status("quiet", mark("Dropped"), mark("It was thrown away, as its route says.")),
    "released": Status("success", mark("Released"), mark("It was held, and then sent to a webhook.")),
    "purged": Status("quiet", mark("Thrown away"), mark("Somebody of this account threw it away.")),
}
STATUSES = tuple(_STATUSES)
OUTCOMES = {
    "mailbox": Status("success", mark("Mailbox"), ""),
    "route": Status("success", mark("Route"), ""),
    "refused": Status("error", mark("Refused"), ""),
}
_TARGETS = {
    "waiting": Status("warning", mark("Not confirmed"), mark("Its owner was asked by mail and has not agreed yet.")),
    "confirmed": Status(
        "success", mark("Confirmed"), mark("Its owner wants this mail, or it is at a domain of yours.")
    ),
    "paused": Status("error", mark("Paused"), mark("Mail to it came back: nothing more is forwarded.")),
    "declined": Status("error", mark("Declined"), mark("Its owner does not want this mail.")),
}
_RESULTS = {"pass": "success", "none": "quiet", "neutral": "quiet", "temperror": "warning"}


def match_of(match: Match) -> str:
    """Say which mail a route wants, as in `*@acme.test`."""
    match match.type:
        case "address":
            return match.address or ""
        case "domain":
            return f"*@{match.domain}"
        case "subdomains":
            return f"*@*.{match.domain}"
        case _:
            return f"{match.name}: {match.pattern}"


def action_of(route: InboundRoute) -> str:
    """Say what becomes of its mail, and where it goes."""
    label = gettext(dict(ACTIONS)[route.action.type])
    where = route.action.mailbox or route.action.to
    return f"{label}: {where}" if where else label


def status_of(name: str) -> Status:
    """Give the badge of a mail."""
    status = _STATUSES[name]
    return Status(status.tone, gettext(status.label), gettext(status.meaning))


def target_of(name: str) -> Status:
    """Give the badge of an address that mail is forwarded to."""
    status = _TARGETS[name]
    return Status(status.tone, gettext(status.label), gettext(status.meaning))


def outcome_of(name: str) -> Status:
    """Give the badge of what would become of a mail."""
    status = OUTCOMES[name]
    return Status(status.tone, gettext(status.label), "")


def size_of(octets: int) -> str:
    """Say how large a mail or a file is; most are small."""
    return formats.size(octets) if octets >= _MEGABYTE else f"{formats.number(max(round(octets / 1000), 1))} kB"


def result_of(name: str, result: str) -> Status:
    """Give the badge of a check, as in `SPF pass`."""
    return Status(_RESULTS.get(result, "error"), f"{name} {result}", "")
