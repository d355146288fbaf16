"""A domain's page: its records as they turn green, the check, and what checks found in the course of time."""

from collections.abc import AsyncGenerator

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.errors import NotFound, Refused, Unavailable
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service
from control_plane.mail_domains.channels import of_domain
from control_plane.mail_domains.schemas import Domain
from web import cookies, live, tables
from web import inject as page
from web.domain_records import has_expired, shown, story_of
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.visitor import LIVE, Visitor, may, still_may

_SECTION = "domains"
_PREFIX, _CHECK_PREFIX = "dom", "chk"
_CHECKS_PER_PAGE = 30
_SCOPE = "domains:read"
_READ, _WRITE = [may(_SCOPE)], [may("domains:write")]


@get("/domains/{domain_id:str}", guards=_READ)
async def show_domain(
    frame: page.Frame, db: inject.Database, settings: inject.Settings, domain_id: FromPath[str]
) -> Answer:
    """Show a domain's records."""
    return page_of(frame, await service.get(db, settings, ids.decode(_PREFIX, domain_id)))


@get("/domains/{domain_id:str}/live", guards=_READ, opt=LIVE)
async def follow_domain(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    domain_id: FromPath[str],
) -> Stream:
    """Follow a domain's records."""
    domain = await service.get(db, settings, ids.decode(_PREFIX, domain_id))
    return live.answer(visitor, _updates(request, frame, visitor, domain.id))


@post("/domains/{domain_id:str}/check", status_code=200, guards=_WRITE)
async def check_domain(frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str]) -> Answer | Redirect:
    """Look the records up now."""
    wanted, problem = ids.decode(_PREFIX, domain_id), ""
    try:
        domain = await service.verify(runtime, wanted)
    except (Refused, Unavailable) as refused:
        domain, problem = await service.get(runtime.db, runtime.settings, wanted), faults(refused, {})[1]
    if frame.wants_part:
        return frame.part("pages/_domain_records.html", _context(domain, problem))
    return page_of(frame, domain, problem=problem) if problem else Redirect(f"/domains/{domain.id}", status_code=303)


@get("/domains/{domain_id:str}/history", guards=_READ)
async def show_history(
    request: cookies.PageRequest,
    frame: page.Frame,
    db: inject.Database,
    settings: inject.Settings,
    domain_id: FromPath[str],
) -> Answer:
    """Show what checks found otherwise than before."""
    after = tables.read(request, ())["after"]
    wanted = ids.decode(_PREFIX, domain_id)
    domain = await service.get(db, settings, wanted)
    listed = await service.checks(db, wanted, ids.decode(_CHECK_PREFIX, after) if after else None, _CHECKS_PER_PAGE)
    path = f"/domains/{domain.id}/history"
    context = {
        "domain": domain,
        "checks": listed.data,
        "older": f"{path}?after={listed.next}" if listed.next else "",
        "newest": path if after else "",
        "shown": shown,
    }
    return frame.page("pages/domain_history.html", _SECTION, context)


def page_of(frame: Frame, domain: Domain, *, problem: str = "", status: int = 200) -> Answer:
    """Show a domain's page, perhaps with why something could not be done."""
    context = _context(domain) | {"problem": problem}
    return frame.page("pages/domain.html", _SECTION, context, status_code=status)


def _context(domain: Domain, check_problem: str = "") -> dict[str, object]:
    return {
        "domain": domain,
        "story": story_of(domain),
        "has_expired": has_expired(domain),
        "check_problem": check_problem,
    }


async def _updates(request: cookies.PageRequest, frame: Frame, viewer: Visitor, domain_id: str) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _SCOPE):
            return None
        try:
            with acting_for(viewer.subject.tenant_id):
                domain = await service.get(runtime.db, runtime.settings, ids.decode(_PREFIX, domain_id))
        except NotFound:
            return None
        return frame.text("pages/_domain_records.html", _context(domain))

    async with runtime.signals.listen(of_domain(domain_id)) as listener:
        async for text in live.updates("records", render, listener):
            yield text


HANDLERS = (show_domain, follow_domain, check_domain, show_history)
