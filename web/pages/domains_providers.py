"""Publish a domain's records at its DNS provider: connect it, see the differences, apply them, take them back."""

from collections.abc import AsyncGenerator, Awaitable

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.errors import FleetpostError, NotFound, Refused, Unavailable
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_publishing import service
from control_plane.dns_publishing.channels import of_publication
from control_plane.dns_publishing.schemas import Decisions, DnsProviderKind, NewDnsProvider, NewPublication, Publication
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain
from web import cookies, live
from web import inject as page
from web.domain_records import shown
from web.forms import faults
from web.frame import Frame
from web.pages.domains_publish import publishing_page
from web.rendering import Answer
from web.visitor import LIVE, Visitor, may, still_may

_SECTION = "domains"
_DOMAIN, _CONNECTION, _PUBLICATION = "dom", "dns", "pub"
_SCOPE = "domains:read"
_READ, _WRITE = [may(_SCOPE)], [may("domains:write")]
_NAME_MAX = 100
_PUBLISH, _REPLACE = "publish", "replace"


class ConnectionForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which connection is meant."""

    connection_id: str = ""


@get("/domains/{domain_id:str}/publish/connect", guards=_WRITE)
async def show_connecting(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], kind: FromQuery[str] = ""
) -> Answer:
    """Ask which provider it is, then for its credentials."""
    return await _connecting(frame, runtime, domain_id, kind, {})


@post("/domains/{domain_id:str}/publish/connect", guards=_WRITE)
async def connect_provider(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[dict[str, str]]
) -> Answer | Redirect:
    """Connect a provider whose credentials open this domain's zone."""
    kind = _kind(data.get("kind", ""))
    if kind is None:
        return await _connecting(frame, runtime, domain_id, "", data)
    credentials = {field.name: data[field.name] for field in kind.fields if data.get(field.name)}
    name = data.get("name", "").strip()[:_NAME_MAX] or kind.title
    new = NewDnsProvider(kind=kind.kind, name=name, credentials=credentials, domain_id=domain_id)
    try:
        await service.connect(runtime, new)
    except (Refused, Unavailable) as refused:
        return await _connecting(frame, runtime, domain_id, kind.kind, data, refused)
    return Redirect(f"/domains/{domain_id}/publish?done=provider-connected", status_code=303)


@post("/domains/{domain_id:str}/publish/disconnect", guards=_WRITE)
async def disconnect_provider(
    runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[ConnectionForm]
) -> Redirect:
    """Forget a provider."""
    await service.disconnect(runtime, ids.decode(_CONNECTION, data.connection_id))
    return Redirect(f"/domains/{domain_id}/publish?done=provider-removed", status_code=303)


@post("/domains/{domain_id:str}/publish/compare", guards=_WRITE)
async def compare_records(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[ConnectionForm]
) -> Answer | Redirect:
    """Begin a publication, and go to its differences."""
    new = NewPublication(connection_id=data.connection_id)
    wanted = ids.decode(_DOMAIN, domain_id)
    try:
        begun = await service.begin(runtime.db, runtime.settings, runtime.clock, wanted, new)
    except Refused as refused:
        return await publishing_page(frame, runtime, domain_id, refused=refused)
    return Redirect(_path(begun), status_code=303)


@get("/domains/{domain_id:str}/publications/{publication_id:str}", guards=_READ)
async def show_publication(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], publication_id: FromPath[str]
) -> Answer:
    """Show the differences, and how far each record got."""
    domain, publication = await _found(runtime, domain_id, publication_id)
    return frame.page("pages/domain_publication.html", _SECTION, _context(domain, publication))


@get("/domains/{domain_id:str}/publications/{publication_id:str}/live", guards=_READ, opt=LIVE)
async def follow_publication(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    domain_id: FromPath[str],
    publication_id: FromPath[str],
) -> Stream:
    """Follow a publication."""
    await _found(runtime, domain_id, publication_id)
    return live.answer(visitor, _updates(request, frame, visitor, domain_id, publication_id))


@post("/domains/{domain_id:str}/publications/{publication_id:str}/apply", guards=_WRITE)
async def apply_publication(
    request: cookies.PageRequest,
    frame: page.Frame,
    runtime: inject.Runtime,
    domain_id: FromPath[str],
    publication_id: FromPath[str],
) -> Answer | Redirect:
    """Publish what is ticked."""
    _, publication = await _found(runtime, domain_id, publication_id)
    form = await request.form()
    ticked = {str(key) for key in form.getall(_PUBLISH, [])}
    replace = tuple(str(key) for key in form.getall(_REPLACE, []))
    plain = [step.key for step in publication.steps if step.action in ("create", "change")]
    decisions = Decisions(replace=replace, leave_out=tuple(key for key in plain if key not in ticked))
    wanted = ids.decode(_PUBLICATION, publication_id)
    return await _steered(frame, runtime, domain_id, service.apply(runtime.db, runtime.settings, wanted, decisions))


@post("/domains/{domain_id:str}/publications/{publication_id:str}/roll-back", guards=_WRITE)
async def roll_back_publication(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], publication_id: FromPath[str]
) -> Answer | Redirect:
    """Put back what stood there before."""
    wanted = ids.decode(_PUBLICATION, publication_id)
    return await _steered(frame, runtime, domain_id, service.roll_back(runtime.db, runtime.settings, wanted))


async def _steered(frame: Frame, runtime: Runtime, domain_id: str, act: Awaitable[Publication]) -> Answer | Redirect:
    try:
        return Redirect(_path(await act), status_code=303)
    except Refused as refused:
        return await publishing_page(frame, runtime, domain_id, refused=refused)


async def _connecting(
    frame: Frame,
    runtime: Runtime,
    domain_id: str,
    kind: str,
    given: dict[str, str],
    refused: FleetpostError | None = None,
) -> Answer:
    chosen = _kind(kind)
    names = [field.name for field in chosen.fields] if chosen else []
    paths = {f"credentials.{name}": name for name in sorted(names, key=len, reverse=True)}  # server_id before server
    errors, problem = faults(refused, paths) if refused else ({}, "")
    form = dict.fromkeys(names, "") | {"name": chosen.title if chosen else ""}
    context = {
        "domain": await mail_domains.get(runtime.db, runtime.settings, ids.decode(_DOMAIN, domain_id)),
        "kinds": service.kinds(),
        "chosen": chosen,
        "form": form | {name: value for name, value in given.items() if name in form},
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/domain_connect.html", _SECTION, context, status_code=422 if refused else 200)


def _kind(name: str) -> DnsProviderKind | None:
    return next((kind for kind in service.kinds() if kind.kind == name), None)


def _path(publication: Publication) -> str:
    return f"/domains/{publication.domain_id}/publications/{publication.id}"


async def _found(runtime: Runtime, domain_id: str, publication_id: str) -> tuple[Domain, Publication]:
    """Find a publication of this very domain; raises `NotFound`."""
    domain = await mail_domains.get(runtime.db, runtime.settings, ids.decode(_DOMAIN, domain_id))
    publication = await service.get_publication(runtime.db, ids.decode(_PUBLICATION, publication_id))
    if publication.domain_id != domain.id:
        raise NotFound
    return domain, publication


def _context(domain: Domain, publication: Publication) -> dict[str, object]:
    return {"domain": domain, "publication": publication, "shown": shown}


async def _updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, domain_id: str, publication_id: str
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _SCOPE):
            return None
        try:
            with acting_for(viewer.subject.tenant_id):
                domain, publication = await _found(runtime, domain_id, publication_id)
        except NotFound:
            return None
        return frame.text("pages/_domain_publication.html", _context(domain, publication))

    async with runtime.signals.listen(of_publication(publication_id)) as listener:
        async for text in live.updates("steps", render, listener):
            yield text


HANDLERS = (
    show_connecting,
    connect_provider,
    disconnect_provider,
    compare_records,
    show_publication,
    follow_publication,
    apply_publication,
    roll_back_publication,
)
