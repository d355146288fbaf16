"""Relays: a tenant's at /settings/relays, those for everybody's mail at /operator/relays; the same pages at both."""

import re
from typing import TypeVar

import msgspec
from litestar import get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from litestar.types import Guard

from control_plane.core import inject
from control_plane.core.body import field_errors
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.ids import decode
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.relays import service
from control_plane.relays.presets import PORTS, PRESETS, RelayKind, hosts_of
from control_plane.relays.schemas import NewRelay, Relay, RelayChange
from web import inject as page
from web import relay_words
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import Visitor, may

_OWN, _FOR_ALL = "/settings/relays", "/operator/relays"
_MOST = 100
_SECTION = "relays"
_COLUMNS = (
    Column(mark("Name")),
    Column(mark("Server"), wide=True),
    Column(mark("For"), wide=True),
    Column(mark("Status"), end=True),
)
_FIELDS = {
    "name": "name",
    "host": "host",
    "port": "port",
    "username": "username",
    "password": "password",
    "weight": "weight",
    "scope.domains": "domains",
    "scope.destinations": "destinations",
    "events_key": "events_key",
}
_MODES = (
    ("always", mark("Always"), mark("All mail of its scope leaves by it.")),
    ("fallback", mark("As a fallback"), mark("Only what our own addresses cannot take just now.")),
)
_STREAMS = (("", mark("Both streams")), ("transactional", mark("Transactional")), ("broadcast", mark("Broadcast")))

Shape = TypeVar("Shape")


class RelayForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in."""

    kind: str = "smtp"
    name: str = ""
    host: str = ""
    port: str = "587"
    username: str = ""
    password: str = ""
    mode: str = "always"
    weight: str = "1"
    domains: str = ""
    stream: str = ""
    destinations: str = ""
    events_key: str = ""

    @classmethod
    def of(cls, relay: Relay) -> "RelayForm":
        """Fill in what a relay is."""
        return cls(
            kind=relay.kind,
            name=relay.name,
            host=relay.host,
            port=str(relay.port),
            username=relay.username,
            mode=relay.mode,
            weight=str(relay.weight),
            domains=", ".join(relay.scope.domains),
            stream=relay.scope.streams[0] if len(relay.scope.streams) == 1 else "",
            destinations=", ".join(relay.scope.destinations),
        )

    def new(self, *, for_all: bool) -> NewRelay:
        """Make the relay that was asked for; raises `Invalid`."""
        given = self._common() | {"kind": self.kind, "password": self.password, "events_key": self.events_key}
        return _shaped(given | {"for_all": for_all}, NewRelay)

    def change(self) -> RelayChange:
        """Make the change that was asked for; secrets that were left out stay. Raises `Invalid`."""
        given = self._common()
        given |= {name: text for name in ("password", "events_key") if (text := getattr(self, name))}
        return _shaped(given, RelayChange)

    def _common(self) -> dict[str, object]:
        return {
            "name": self.name.strip(),
            "host": self.host,
            "port": _number("port", self.port),
            "username": self.username.strip(),
            "mode": self.mode,
            "weight": _number("weight", self.weight),
            "scope": {
                "domains": _listed(self.domains),
                "streams": [self.stream] if self.stream else [],
                "destinations": _listed(self.destinations),
            },
        }


def _may_here(what: str) -> Guard:
    """Ask for the rights of the place that a path is in."""
    own, for_all = may(f"relays:{what}"), may(f"fleet:{what}")

    def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", handler: BaseRouteHandler) -> None:
        (for_all if connection.url.path.startswith(_FOR_ALL) else own)(connection, handler)

    return guard


_READ, _WRITE = [_may_here("read")], [_may_here("write")]


@get([_OWN, _FOR_ALL], guards=_READ)
async def show_relays(request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show the list."""
    listed = await service.list_relays(db, None, _MOST)
    path = _place(request)
    relays = [relay for relay in listed.data if relay.for_all == (path == _FOR_ALL)]
    context = {"relays": relays, "table": Table(path, _COLUMNS, given={}), "presets": PRESETS}
    return _page(frame, request, visitor, "pages/relays.html", context)


@get([f"{_OWN}/new", f"{_FOR_ALL}/new"], guards=_WRITE)
async def show_new_relay(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, kind: FromQuery[str] = ""
) -> Answer:
    """Show the providers, or the form of one of them."""
    if kind not in PRESETS:
        return _page(frame, request, visitor, "pages/relay_kinds.html", {"presets": PRESETS})
    preset = PRESETS[kind]
    form = RelayForm(
        kind=kind, name=preset.title if preset.host else "", port=str(preset.port), username=preset.username
    )
    return _form(frame, request, visitor, form)


@post([f"{_OWN}/new", f"{_FOR_ALL}/new"], guards=_WRITE)
async def make_relay(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    data: URLEncodedBody[RelayForm],
) -> Answer:
    """Make a relay and show the address for its events this once, or show the form again with what is wrong."""
    if data.kind not in PRESETS:
        raise NotFound
    try:
        wanted = data.new(for_all=_place(request) == _FOR_ALL)
        made = await service.create(runtime.db, runtime.vault, runtime.settings, runtime.clock, visitor.subject, wanted)
    except Refused as refused:
        return _form(frame, request, visitor, data, refused)
    context = {"relay": made, "events_url": made.events_url, "preset": PRESETS[made.kind]}
    return _page(frame, request, visitor, "pages/relay_events_address.html", context)


@get([f"{_OWN}/{{relay_id:str}}", f"{_FOR_ALL}/{{relay_id:str}}"], guards=_READ)
async def show_relay(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, relay_id: FromPath[str]
) -> Answer:
    """Show a relay: how it is, what left by it, and what it is for."""
    return await _one(frame, request, visitor, runtime, await _find(request, runtime, relay_id))


@post([f"{_OWN}/{{relay_id:str}}", f"{_FOR_ALL}/{{relay_id:str}}"], guards=_WRITE)
async def change_relay(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    relay_id: FromPath[str],
    data: URLEncodedBody[RelayForm],
) -> Answer | Redirect:
    """Change a relay, or show the form again with what is wrong."""
    relay = await _find(request, runtime, relay_id)
    try:
        await _change(runtime, visitor, relay, data.change())
    except Refused as refused:
        return await _one(frame, request, visitor, runtime, relay, form=data, refused=refused)
    return Redirect(f"{_place(request)}/{relay.id}?done=saved", status_code=303)


@post([f"{_OWN}/{{relay_id:str}}/pause", f"{_FOR_ALL}/{{relay_id:str}}/pause"], guards=_WRITE)
async def pause_relay(
    request: PageRequest, visitor: page.Visitor, runtime: inject.Runtime, relay_id: FromPath[str]
) -> Redirect:
    """Pause a relay, or make it active again."""
    relay = await _find(request, runtime, relay_id)
    await _change(runtime, visitor, relay, RelayChange(status="paused" if relay.status == "active" else "active"))
    return Redirect(f"{_place(request)}/{relay.id}?done=saved", status_code=303)


@post([f"{_OWN}/{{relay_id:str}}/test", f"{_FOR_ALL}/{{relay_id:str}}/test"], guards=_WRITE)
async def test_relay(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    relay_id: FromPath[str],
) -> Answer | Redirect:
    """Have every node try to log in."""
    relay = await _find(request, runtime, relay_id)
    try:
        await service.try_out(
            runtime.db, runtime.vault, runtime.clock, visitor.subject, decode(service.PREFIX, relay.id)
        )
    except Refused as refused:
        return await _one(frame, request, visitor, runtime, relay, refused=refused)
    return Redirect(f"{_place(request)}/{relay.id}?done=relay-test", status_code=303)


@post([f"{_OWN}/{{relay_id:str}}/events-address", f"{_FOR_ALL}/{{relay_id:str}}/events-address"], guards=_WRITE)
async def change_relay_events_address(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, relay_id: FromPath[str]
) -> Answer:
    """Make a new address for the provider's events and show it this once."""
    relay = await _find(request, runtime, relay_id)
    made = await service.new_events_address(
        runtime.db, runtime.settings, visitor.subject, decode(service.PREFIX, relay.id)
    )
    context = {"relay": relay, "events_url": made.events_url, "preset": PRESETS[relay.kind]}
    return _page(frame, request, visitor, "pages/relay_events_address.html", context)


@post([f"{_OWN}/{{relay_id:str}}/delete", f"{_FOR_ALL}/{{relay_id:str}}/delete"], guards=_WRITE)
async def delete_relay(
    request: PageRequest, visitor: page.Visitor, runtime: inject.Runtime, relay_id: FromPath[str]
) -> Redirect:
    """Delete a relay."""
    relay = await _find(request, runtime, relay_id)
    await service.delete(runtime.db, visitor.subject, decode(service.PREFIX, relay.id))
    return Redirect(f"{_place(request)}?done=deleted", status_code=303)


def _place(request: PageRequest) -> str:
    return _FOR_ALL if request.url.path.startswith(_FOR_ALL) else _OWN


def _page(
    frame: Frame, request: PageRequest, visitor: Visitor, template: str, context: dict[str, object], status: int = 200
) -> Answer:
    place = _place(request)
    writes = visitor.may("fleet:write" if place == _FOR_ALL else "relays:write")
    known = {"path": place, "for_all": place == _FOR_ALL, "may_write": writes, "words": relay_words}
    return frame.page(template, _SECTION, known | context, status_code=status)


async def _find(request: PageRequest, runtime: Runtime, relay_id: str) -> Relay:
    relay = await service.get(runtime.db, decode(service.PREFIX, relay_id))
    if relay.for_all != (_place(request) == _FOR_ALL):
        raise NotFound
    return relay


async def _change(runtime: Runtime, visitor: Visitor, relay: Relay, wanted: RelayChange) -> Relay:
    allowed, relay_id = runtime.settings.egress_allow, decode(service.PREFIX, relay.id)
    return await service.change(runtime.db, runtime.vault, allowed, visitor.subject, relay_id, wanted)


def _form(
    frame: Frame, request: PageRequest, visitor: Visitor, form: RelayForm, refused: Refused | None = None
) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = _form_parts(form) | {"errors": errors, "problem": problem}
    status = refused.status.value if refused else 200
    return _page(frame, request, visitor, "pages/relay_new.html", context, status)


async def _one(
    frame: Frame,
    request: PageRequest,
    visitor: Visitor,
    runtime: Runtime,
    relay: Relay,
    *,
    form: RelayForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    counts = await service.counts_of(runtime.db, runtime.clock, decode(service.PREFIX, relay.id))
    context = _form_parts(form or RelayForm.of(relay)) | {
        "relay": relay,
        "counts": counts,
        "errors": errors,
        "problem": problem,
        "is_changing": form is not None,
    }
    status = refused.status.value if refused else 200
    return _page(frame, request, visitor, "pages/relay.html", context, status)


def _form_parts(form: RelayForm) -> dict[str, object]:
    kind: RelayKind = form.kind if form.kind in PRESETS else "smtp"
    return {
        "form": form,
        "kind": kind,
        "preset": PRESETS[kind],
        "hosts": hosts_of(kind),
        "ports": PORTS,
        "modes": _MODES,
        "streams": _STREAMS,
    }


def _shaped(given: dict[str, object], wanted: type[Shape]) -> Shape:
    """Read what was filled in as the API reads a body; raises `Invalid`."""
    errors = field_errors(given, wanted)
    if errors:
        raise Invalid(errors=tuple(errors))
    return msgspec.convert(given, wanted)


def _number(field: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text.strip()):
        raise Invalid(errors=(FieldError(field, mark("Give a whole number.")),))
    return int(text)


def _listed(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]


HANDLERS = (
    show_relays,
    show_new_relay,
    make_relay,
    show_relay,
    change_relay,
    pause_relay,
    test_relay,
    change_relay_events_address,
    delete_relay,
)
