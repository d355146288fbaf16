"""Domains: the list, adding and deleting one."""

from collections.abc import AsyncGenerator, Mapping
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.languages import mark
from control_plane.core.pagination import Page
from control_plane.dns_zone.names import platform_zone
from control_plane.mail_domains import service
from control_plane.mail_domains.schemas import Domain, DomainFilters, DomainStatus
from control_plane.settings import Settings
from web import csv_export, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.pages import domains_records
from web.rendering import Answer
from web.statuses import resource_status
from web.tables import Choice, Column, Search, Table
from web.visitor import may

_SECTION = "domains"
_PER_PAGE = 50
_PREFIX = "dom"
_STATUSES: tuple[DomainStatus, ...] = ("pending", "verified", "degraded", "failed")
_COLUMNS = (Column(mark("Domain")), Column(mark("Status")), Column(mark("Added"), end=True, wide=True))
_FILTERS = (
    Search("query", mark("Domain")),
    Choice(
        "status", mark("Status"), mark("Any status"), tuple((name, resource_status(name).label) for name in _STATUSES)
    ),
)
_HEADER = ("id", "name", "status", "proven_at", "created_at")
_READ, _WRITE = [may("domains:read")], [may("domains:write")]


class DomainForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    platform_label: str = ""


@get("/domains", guards=_READ)
async def show_domains(
    request: PageRequest, frame: page.Frame, db: inject.Database, settings: inject.Settings
) -> Answer | Stream:
    """Show the list, or all of it as CSV."""
    given = tables.read(request, _FILTERS)
    if tables.wants_csv(request):
        return csv_export.answer("domains", _HEADER, _lines(db, settings, _wanted(given)))
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
        domain = await _add(db, vault, settings, clock, data)
    except Refused as refused:
        return await _list(frame, db, settings, data, refused=refused)
    return Redirect(f"/domains/{domain.id}?done=domain-added", status_code=303)


async def _add(db: Database, vault: Vault, settings: Settings, clock: Clock, form: DomainForm) -> Domain:
    if form.platform_label:
        return await service.add_platform_domain(db, vault, settings, clock, form.platform_label.strip().lower())
    return await service.add(db, vault, settings, clock, form.name)


@post("/domains/{domain_id:str}/delete", guards=_WRITE)
async def delete_domain(
    frame: page.Frame, db: inject.Database, settings: inject.Settings, domain_id: FromPath[str]
) -> Answer | Redirect:
    """Delete a domain, or say why it cannot be."""
    try:
        await service.delete(db, settings, ids.decode(_PREFIX, domain_id))
    except Refused as refused:
        domain = await service.get(db, settings, ids.decode(_PREFIX, domain_id))
        return domains_records.page_of(frame, domain, problem=faults(refused, {})[1], status=refused.status.value)
    return Redirect("/domains?done=domain-deleted", status_code=303)


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
    listed = await service.list_domains(db, settings, _cursor(asked.get("after")), _PER_PAGE, _wanted(asked))
    errors, problem = faults(refused, {"name": "name", "platform_label": "platform_label"}) if refused else ({}, "")
    context = {
        "domains": listed.data,
        "table": Table("/domains", _COLUMNS, _FILTERS, given=asked, next=listed.next, exportable=True),
        "form": form,
        "platform_zone": platform_zone(settings.zone.name) if settings.zone.name else "",
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/domains.html", _SECTION, context, status_code=422 if refused else 200)


async def _lines(db: Database, settings: Settings, wanted: DomainFilters) -> AsyncGenerator[tuple[object, ...]]:
    async def fetch(after: str | None) -> Page[Domain]:
        return await service.list_domains(db, settings, _cursor(after), csv_export.PER_PAGE, wanted)

    async for domain in csv_export.every(fetch):
        proven = domain.proven_at.isoformat() if domain.proven_at else ""
        yield domain.id, domain.name, domain.status, proven, domain.created_at.isoformat()


def _wanted(given: Mapping[str, str]) -> DomainFilters:
    status: DomainStatus | None = msgspec.convert(given.get("status") or None, DomainStatus | None)
    return DomainFilters(status=status, query=given.get("query", ""))


def _cursor(after: str | None) -> UUID | None:
    return ids.decode(_PREFIX, after) if after else None


HANDLERS = (show_domains, add_domain, delete_domain)
