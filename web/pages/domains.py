"""Domains: the list, adding one, its DNS records and the check."""

from collections.abc import AsyncGenerator, Mapping
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.languages import mark
from control_plane.core.pagination import Page
from control_plane.mail_domains import service
from control_plane.mail_domains.schemas import Domain
from control_plane.settings import Settings
from web import csv_export, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext, ngettext
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import may

_SECTION = "domains"
_PER_PAGE = 50
_PREFIX = "dom"
_COLUMNS = (Column(mark("Domain")), Column(mark("Status")), Column(mark("Added"), end=True, wide=True))
_HEADER = ("id", "name", "status", "proven_at", "created_at")
_READ, _WRITE = [may("domains:read")], [may("domains:write")]


class DomainForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""


@get("/domains", guards=_READ)
async def show_domains(
    request: PageRequest, frame: page.Frame, db: inject.Database, settings: inject.Settings
) -> Answer | Stream:
    """Show the list, or all of it as CSV."""
    given = tables.read(request, ())
    if tables.wants_csv(request):
        return csv_export.answer("domains", _HEADER, _lines(db, settings))
    return await _list(frame, db, settings, DomainForm(), given=given)


@post("/domains", guards=_WRITE)
async def add_domain(
    frame: page.Frame,
    db: inject.Database,
    vault: inject.Vault,
    settings: inject.Settings,
    clock: inject.Clock,
    data: URLEncodedBody[DomainForm],
) -> Answer | Redirect:
    """Add a domain and go to its records."""
    try:
        domain = await service.add(db, vault, settings, clock, data.name)
    except Refused as refused:
        return await _list(frame, db, settings, data, refused=refused)
    return Redirect(f"/domains/{domain.id}?done=domain-added", status_code=303)


@get("/domains/{domain_id:str}", guards=_READ)
async def show_domain(
    frame: page.Frame, db: inject.Database, settings: inject.Settings, domain_id: FromPath[str]
) -> Answer:
    """Show a domain's records."""
    domain = await service.get(db, settings, ids.decode(_PREFIX, domain_id))
    return frame.page("pages/domain.html", _SECTION, _domain_context(domain))


@post("/domains/{domain_id:str}/check", status_code=200, guards=_WRITE)
async def check_domain(frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str]) -> Answer | Redirect:
    """Look the records up now."""
    domain = await service.check(service.checker(runtime), ids.decode(_PREFIX, domain_id))
    if frame.wants_part:
        return frame.part("pages/_domain_records.html", _domain_context(domain))
    return Redirect(f"/domains/{domain.id}", status_code=303)


async def proven_names(db: Database, settings: Settings) -> list[str]:
    """Give the names of the domains that may be used."""
    listed = await service.list_domains(db, settings, None, 200)
    return [domain.name for domain in listed.data if domain.proven_at is not None]


async def _list(
    frame: Frame,
    db: Database,
    settings: Settings,
    form: DomainForm,
    *,
    given: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Answer:
    asked = given or {}
    listed = await service.list_domains(db, settings, _cursor(asked.get("after")), _PER_PAGE)
    errors, problem = faults(refused, {"name": "name"}) if refused else ({}, "")
    context = {
        "domains": listed.data,
        "table": Table("/domains", _COLUMNS, given=asked, next=listed.next, exportable=True),
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/domains.html", _SECTION, context, status_code=422 if refused else 200)


async def _lines(db: Database, settings: Settings) -> AsyncGenerator[tuple[object, ...]]:
    async def fetch(after: str | None) -> Page[Domain]:
        return await service.list_domains(db, settings, _cursor(after), csv_export.PER_PAGE)

    async for domain in csv_export.every(fetch):
        proven = domain.proven_at.isoformat() if domain.proven_at else ""
        yield domain.id, domain.name, domain.status, proven, domain.created_at.isoformat()


def _cursor(after: str | None) -> UUID | None:
    return ids.decode(_PREFIX, after) if after else None


def _domain_context(domain: Domain) -> dict[str, object]:
    return {"domain": domain, "sentence": _sentence(domain)}


def _sentence(domain: Domain) -> str:
    unfinished = [record for record in domain.records if record.status in ("missing", "wrong")]
    if domain.proven_at is None:
        return gettext(
            "Publish these records where the domain’s DNS is kept; we look by ourselves. The first proves it is yours."
        )
    if not unfinished:
        return gettext("You can send from this domain, and all of its records are in place.")
    return ngettext(
        "You can send from this domain, but one record should be put right so that its mail is trusted.",
        "You can send from this domain, but %(num)s records should be put right so that its mail is trusted.",
        len(unfinished),
    ) % {"num": len(unfinished)}


HANDLERS = (show_domains, add_domain, show_domain, check_domain)
