"""What is used up, what is left and when it starts anew."""

import msgspec
from litestar import get

from control_plane.core import inject
from control_plane.quotas import service
from control_plane.quotas.resources import Resource, Window
from control_plane.quotas.schemas import ResourceUsage, Usage
from web import formats
from web import inject as page
from web.i18n import gettext, mark
from web.rendering import Answer
from web.visitor import may

_WORDS: dict[Resource, str] = {
    "messages_hour": mark("Messages this hour"),
    "messages_day": mark("Messages today"),
    "messages_month": mark("Messages this month"),
    "domains": mark("Domains"),
    "mailboxes": mark("Mailboxes"),
    "storage_bytes": mark("Mailbox storage"),
    "contacts": mark("Contacts"),
    "dedicated_ips": mark("Dedicated IP addresses"),
}
_GROUPS: tuple[tuple[str, tuple[Resource, ...]], ...] = (
    (mark("Sending"), ("messages_hour", "messages_day", "messages_month", "dedicated_ips")),
    (mark("Hosting"), ("domains", "mailboxes", "storage_bytes", "contacts")),
)
_WINDOWS: dict[Window, str] = {
    "hour": mark("Starts anew every full hour (UTC)."),
    "day": mark("Starts anew every midnight (UTC)."),
    "month": mark("Starts anew on the first of the month (UTC)."),
}
_TONES = {"fine": "success", "near": "warning", "full": "error"}


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One resource as a line with a bar."""

    resource: Resource
    label: str
    used: str
    limit: str
    """Empty: no limit, and no bar."""
    percent: int
    tone: str
    note: str


@get("/settings/usage", guards=[may("account:read")])
async def show_usage(frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show what is used."""
    usage = await service.usage(db, clock)
    context = {"groups": groups(usage), "advice": advice(usage), "held": usage.held}
    return frame.page("pages/settings_usage.html", "usage", context)


def groups(usage: Usage) -> list[tuple[str, list[Bar]]]:
    """Sort the resources into groups, each under a word."""
    known = {each.resource: each for each in usage.resources}
    return [(gettext(label), [bar(known[name]) for name in names]) for label, names in _GROUPS]


def bar(standing: ResourceUsage) -> Bar:
    """Make the line of one resource."""
    return Bar(
        resource=standing.resource,
        label=gettext(_WORDS[standing.resource]),
        used=_amount(standing.resource, standing.used),
        limit="" if standing.limit is None else _amount(standing.resource, standing.limit),
        percent=round(100 * standing.share),
        tone=_TONES[standing.level],
        note=_note(standing),
    )


def advice(usage: Usage) -> list[tuple[str, str]]:
    """Say what to do about what is nearly or wholly used up: pairs of a tone and a sentence."""
    return [(_TONES[each.level], _advice(each)) for each in usage.resources if each.level != "fine"]


def _advice(standing: ResourceUsage) -> str:
    words = {"what": gettext(_WORDS[standing.resource])}
    if standing.provider_exhausted:
        return gettext("%(what)s: your provider's own allowance is used up. Ask your provider.") % words
    if standing.level == "near":
        return gettext("%(what)s: 80 %% or more is used. Ask your provider if you will need more.") % words
    if standing.resets_at is not None:
        words["when"] = formats.day(standing.resets_at)
        return (
            gettext("%(what)s: all is used until %(when)s UTC. Wait, or ask your provider for a larger plan.") % words
        )
    return gettext("%(what)s: all is used. Delete what you no longer need, or ask for a larger plan.") % words


def _amount(resource: Resource, amount: int) -> str:
    return formats.size(amount) if resource == "storage_bytes" else formats.number(amount)


def _note(standing: ResourceUsage) -> str:
    if standing.window is not None:
        return gettext(_WINDOWS[standing.window])
    if standing.resource == "storage_bytes":
        return gettext("The sizes that mailboxes may grow to, together.")
    return ""


HANDLERS = (show_usage,)
