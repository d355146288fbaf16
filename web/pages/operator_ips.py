"""The operator's sending addresses: where each is in its life, what lists say of it, how its mail fares."""

from typing import cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.languages import mark
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.life import IpStatus, Step
from control_plane.ip_pools.schemas import IpFilters, NewSendingIp, Release
from control_plane.ip_pools.service import pooling, registry
from control_plane.nodes import service as nodes
from control_plane.reputation import service as reputation
from control_plane.reputation.jobs import LOOK_UP_JOB
from web import addresses, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.tables import Choice, Column, Table
from web.visitor import Visitor, may

_SECTION, _PATH = "ips", "/operator/ips"
_READ, _WRITE = [may("fleet:read")], [may("fleet:write")]
_PER_PAGE, _MOST = 50, 200
_COLUMNS = (
    Column(mark("Address")),
    Column(mark("Status")),
    Column(mark("Pool"), wide=True),
    Column(mark("Stream"), wide=True),
    Column(mark("Why"), wide=True),
)
_FILTERS = (Choice("status", mark("Status"), mark("Any status"), addresses.STATUSES),)
_FIELDS = {"address": "address", "hostname": "hostname", "node_id": "node_id", "pool_id": "pool_id"}


class NewIpForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    address: str = ""
    hostname: str = ""
    node_id: str = ""
    pool_id: str = ""
    standby: str = ""

    def wanted(self) -> NewSendingIp:
        """Make the address that was asked for; raises `Invalid`."""
        try:
            return msgspec.convert(
                msgspec.structs.asdict(self) | {"standby": bool(self.standby), "hostname": self.hostname.lower()},
                NewSendingIp,
            )
        except msgspec.ValidationError as error:
            message = gettext("Give a host name, as in out-1.example.com, and an IP address.")
            raise Invalid(errors=(FieldError("hostname", message),)) from error


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, and why."""

    step: str = ""
    reason: str = ""


class ListForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which list was asked."""

    blocklist: str = ""


@get(_PATH, guards=_READ)
async def show_ips(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock
) -> Answer:
    """Show the addresses that fit the filter."""
    return await _list(request, frame, visitor, db, clock)


@post(_PATH, guards=_WRITE)
async def add_ip(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    data: URLEncodedBody[NewIpForm],
) -> Answer | Redirect:
    """Add an address, or show the form again with what is wrong."""
    try:
        async with db.fleet_tx() as tx:
            added = await registry.add(tx, data.wanted(), clock)
    except Refused as refused:
        return await _list(request, frame, visitor, db, clock, form=data, refused=refused)
    return Redirect(f"{_PATH}/{added.id}?done=created", status_code=303)


@get(f"{_PATH}/{{ip_id:str}}", guards=_READ)
async def show_ip(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, ip_id: FromPath[str]
) -> Answer:
    """Show one address."""
    return await _show(frame, visitor, db, clock, _id(ip_id))


@post(f"{_PATH}/{{ip_id:str}}", guards=_WRITE)
async def take_step(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    ip_id: FromPath[str],
    data: URLEncodedBody[StepForm],
) -> Answer | Redirect:
    """Take a step with an address, or say why it cannot be taken."""
    try:
        await _take(db, clock, _id(ip_id), data)
    except Refused as refused:
        return await _show(frame, visitor, db, clock, _id(ip_id), refused=refused)
    return Redirect(f"{_PATH}/{ip_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{ip_id:str}}/look-up", guards=_WRITE)
async def look_up(db: inject.Database, clock: inject.Clock, ip_id: FromPath[str]) -> Redirect:
    """Have an address looked up on all lists now."""
    async with db.fleet_tx() as tx:
        await reputation.hurry(tx, _id(ip_id), clock)
        tx.outbox.trigger(LOOK_UP_JOB)
    return Redirect(f"{_PATH}/{ip_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{ip_id:str}}/delisting", guards=_WRITE)
async def asked_delisting(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: URLEncodedBody[ListForm]
) -> Redirect:
    """Note that a list was asked to take an address off."""
    async with db.fleet_tx() as tx:
        await reputation.ask_delisting(tx, _id(ip_id), data.blocklist, clock)
    return Redirect(f"{_PATH}/{ip_id}?done=saved", status_code=303)


async def _take(db: Database, clock: Clock, ip_id: UUID, form: StepForm) -> None:
    if len(form.reason.strip()) < 3:
        raise Invalid(gettext("Say in a few words why."))
    async with db.fleet_tx() as tx:
        if form.step == "release":
            await registry.release(tx, ip_id, Release(reason=form.reason[:500]), clock)
            return
        if form.step not in ("warm", "drain", "resume", "quarantine", "rewarm"):
            raise NotFound
        await registry.step(tx, ip_id, cast("Step", form.step), form.reason[:500], clock)


async def _list(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    db: Database,
    clock: Clock,
    *,
    form: NewIpForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    given = tables.read(request, _FILTERS)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    status = given.get("status") or None
    filters = IpFilters(status=cast("IpStatus | None", status))
    after = ids.decode(ip_pools.IP_PREFIX, given["after"]) if given.get("after") else None
    async with db.fleet_tx() as tx:
        listed = await registry.list_ips(tx, filters, after, _PER_PAGE, clock)
        pools = (await pooling.list_pools(tx, None, _MOST)).data
        fleet = (await nodes.list_nodes(tx, None, _MOST, retired=False)).data
        listings = (await reputation.listings(tx)).data
    context = {
        "rows": [addresses.row(ip) for ip in listed.data],
        "listings": listings,
        "list_status": addresses.list_status,
        "pools": pools,
        "pool_names": {pool.id: pool.name for pool in pools},
        "nodes": fleet,
        "stream": addresses.stream,
        "table": Table(_PATH, _COLUMNS, _FILTERS, given=given, next=listed.next),
        "form": form or NewIpForm(),
        "errors": errors,
        "problem": problem,
        "may_write": visitor.may("fleet:write"),
    }
    return frame.page(
        "pages/operator_ips.html", _SECTION, context, status_code=refused.status.value if refused else 200
    )


async def _show(
    frame: Frame, visitor: Visitor, db: Database, clock: Clock, ip_id: UUID, *, refused: Refused | None = None
) -> Answer:
    async with db.fleet_tx() as tx:
        ip = await registry.get(tx, ip_id, clock)
        known = await reputation.of_ip(tx, ip_id, clock)
        context = {
            "row": addresses.row(ip),
            "pool": await pooling.get(tx, ids.decode(ip_pools.PREFIX, ip.pool_id)),
            "node": await nodes.get(tx, ids.decode("nod", ip.node_id)),
            "tenures": await registry.tenures_of(tx, ip_id),
            "known": known,
        }
    context |= {
        "advice": [addresses.advice_words(each) for each in known.advice],
        "chart": addresses.course(known.days, clock.now().date()),
        "steps": addresses.steps(ip.status) if visitor.may("fleet:write") else [],
        "what": {name: gettext(words) for name, words in addresses.WHAT.items()},
        "finding_status": addresses.finding_status,
        "list_status": addresses.list_status,
        "percent": addresses.percent,
        "problem": gettext(refused.detail) if refused else "",
        "may_write": visitor.may("fleet:write"),
    }
    return frame.page("pages/operator_ip.html", _SECTION, context, status_code=refused.status.value if refused else 200)


def _id(ip_id: str) -> UUID:
    try:
        return ids.decode(ip_pools.IP_PREFIX, ip_id)
    except ids.MalformedId as error:
        raise NotFound from error


HANDLERS = (show_ips, add_ip, show_ip, take_step, look_up, asked_delisting)
