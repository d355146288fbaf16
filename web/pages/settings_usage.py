"""What is used up, what is left and when it starts anew."""

import msgspec
from litestar import get

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.languages import mark
from control_plane.ip_pools.schemas import PooledIp
from control_plane.ip_pools.service import pooling
from control_plane.plans import service as plans
from control_plane.plans.schemas import Plan
from control_plane.quotas import service
from control_plane.quotas.resources import Resource, Window
from control_plane.quotas.schemas import ResourceUsage, Usage
from web import addresses, formats, limit_words
from web import inject as page
from web.i18n import gettext
from web.rendering import Answer
from web.statuses import Status
from web.visitor import Visitor, may

_GROUPS: tuple[tuple[str, tuple[Resource, ...]], ...] = (
    (mark("Sending"), ("messages_hour", "messages_day", "messages_month", "dedicated_ips")),
    (mark("Hosting"), ("domains", "mailboxes", "storage_bytes", "contacts")),
)
_WINDOWS: dict[Window, str] = {
    "hour": mark("Starts anew every full hour (UTC)."),
    "day": mark("Starts anew every midnight (UTC)."),
    "month": mark("Starts anew on the first of the month (UTC)."),
}

_MOST_POOLS = 20


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
async def show_usage(frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show what is used."""
    usage = await service.usage(db, clock)
    context = {
        "groups": groups(usage),
        "advice": advice(usage),
        "held": usage.held,
        "plan": await plans.current(db),
        "over_limit": over_limit,
        "own_addresses": await _own_addresses(db, visitor),
    }
    return frame.page("pages/settings_usage.html", "usage", context)


async def _own_addresses(db: Database, visitor: Visitor) -> list[tuple[PooledIp, str, Status]]:
    """List the sending addresses that are this account's alone."""
    if not visitor.may("ip-pools:read"):
        return []
    async with db.fleet_tx() as tx:
        pools = await pooling.list_pools(tx, None, _MOST_POOLS, owner=visitor.subject.tenant_id)
    return [
        (ip, addresses.stream(pool.stream), addresses.status_of(ip.status, standby=ip.standby))
        for pool in pools.data
        for ip in pool.ips
    ]


def over_limit(plan: Plan) -> str:
    """Say what becomes of messages over a limit, and what more costs in the words of who offers the plan."""
    held = gettext("Messages over a limit are held and go by themselves when its window turns.")
    rule = held if plan.over_limit == "hold" else gettext("Messages over a limit are refused.")
    return f"{rule} {gettext('More costs: %(words)s') % {'words': plan.overage}}" if plan.overage else rule


def groups(usage: Usage) -> list[tuple[str, list[Bar]]]:
    """Sort the resources into groups, each under a word."""
    known = {each.resource: each for each in usage.resources}
    return [(gettext(label), [bar(known[name]) for name in names]) for label, names in _GROUPS]


def bar(standing: ResourceUsage) -> Bar:
    """Make the line of one resource."""
    return Bar(
        resource=standing.resource,
        label=limit_words.name(standing.resource),
        used=_amount(standing.resource, standing.used),
        limit="" if standing.limit is None else _amount(standing.resource, standing.limit),
        percent=round(100 * standing.share),
        tone=limit_words.TONES[standing.level],
        note=_note(standing),
    )


def advice(usage: Usage) -> list[tuple[str, str]]:
    """Say what to do about what is nearly or wholly used up: pairs of a tone and a sentence."""
    return [
        (limit_words.TONES[each.level], limit_words.advice(each)) for each in usage.resources if each.level != "fine"
    ]


def _amount(resource: Resource, amount: int) -> str:
    return formats.size(amount) if resource == "storage_bytes" else formats.number(amount)


def _note(standing: ResourceUsage) -> str:
    if standing.window is not None:
        return gettext(_WINDOWS[standing.window])
    if standing.resource == "storage_bytes":
        return gettext("The sizes that mailboxes may grow to, together.")
    return ""


HANDLERS = (show_usage,)
