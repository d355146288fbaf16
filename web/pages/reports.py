"""What others report: how all domains fare, and one domain's mail by day, source and reporter."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import TypeGuard
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.reports import service
from control_plane.reports.schemas import KINDS, DmarcCounts, Filters, Kind, Standing
from web import csv_export, tables
from web import inject as page
from web.cookies import PageRequest
from web.frame import Frame
from web.pages.domain_mta_sts import promise_of
from web.rendering import Answer
from web.report_words import KIND_CHOICES, course, kind_status, result_words, said, share
from web.tables import Choice, Column, Table
from web.visitor import may

_READ = [may("reports:read")]
_PREFIX = "dom"
_COMPLAINTS = 10
_DOMAINS = (
    Column(mark("Domain")),
    Column(mark("Policy")),
    Column(mark("Messages"), end=True, wide=True),
    Column(mark("Passed"), end=True),
    Column(mark("Failed, and yours"), end=True, wide=True),
    Column(mark("Not you"), end=True, wide=True),
    Column(mark("TLS failures"), end=True, wide=True),
    Column(mark("Complaints"), end=True, wide=True),
)
_SOURCES = (
    Column(mark("Source")),
    Column(mark("Who"), wide=True),
    Column(mark("Messages"), end=True, wide=True),
    Column(mark("Passed"), end=True),
    Column(mark("Signed"), end=True, wide=True),
    Column(mark("SPF"), end=True, wide=True),
    Column(mark("Days"), end=True, wide=True),
)
_FILTERS = (Choice("kind", mark("Who"), mark("Everybody"), KIND_CHOICES),)
_CSV = (
    "day",
    "source_ip",
    "kind",
    "disposition",
    "dkim_aligned",
    "spf_aligned",
    "header_from",
    "dkim_domain",
    "spf_domain",
    "messages",
)


@get("/reports", guards=_READ)
async def show_reports(frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show how all domains fare."""
    standings = await service.standings(db, clock)
    context = {
        "rows": [_row(each) for each in standings],
        "has_reports": any(each.totals or each.tls_succeeded or each.tls_failed for each in standings),
        "table": Table("/reports", _DOMAINS),
        "complaints": (await service.list_complaints(db, Filters(), _COMPLAINTS, None)).data,
    }
    return frame.page("pages/reports.html", "reports", context)


@get("/domains/{domain_id:str}/reports", guards=_READ)
async def show_domain_reports(
    request: PageRequest,
    frame: page.Frame,
    runtime: inject.Runtime,
    domain_id: FromPath[str],
) -> Answer | Stream:
    """Show what is reported of one domain, or all of it as CSV."""
    wanted, given = ids.decode(_PREFIX, domain_id), tables.read(request, _FILTERS)
    if tables.wants_csv(request):
        name = await service.domain_name(runtime.db, runtime.settings, wanted)
        return csv_export.answer(f"dmarc-{name}", _CSV, _lines(runtime.db, runtime.clock, wanted))
    return await _domain(frame, runtime, wanted, given)


async def _domain(frame: Frame, runtime: Runtime, domain_id: UUID, given: dict[str, str]) -> Answer:
    db, settings, clock, kind = runtime.db, runtime.settings, runtime.clock, given["kind"]
    dmarc = await service.dmarc_picture(db, settings, clock, domain_id, kind=kind if _is_kind(kind) else None)
    tls = await service.tls_picture(db, settings, clock, domain_id)
    domain = dmarc.domain
    complaints = await service.list_complaints(db, Filters(domain=domain.name), _COMPLAINTS, None)
    context = {
        "domain": domain,
        "course": course(dmarc.by_day, service.first_day(clock.now(), dmarc.days), dmarc.days),
        "has_reports": bool(dmarc.by_day or dmarc.policy),
        "policy": dmarc.policy,
        "advice": said(dmarc.advice),
        "sources": dmarc.sources,
        "reporters": dmarc.reporters,
        "tls": tls,
        "tls_failures": [each for each in tls.sessions if each.result],
        "tls_advice": said(tls.advice),
        "promise": await promise_of(frame, runtime, domain),
        "complaints": complaints.data,
        "wanted": [record for record in domain.records if record.purpose in ("dmarc", "tls_rpt")],
        "has_address": bool(settings.reports_domain),
        "table": Table(f"/domains/{domain.id}/reports", _SOURCES, _FILTERS, given=given, exportable=True),
        "kind_status": kind_status,
        "result_words": result_words,
        "share": share,
    }
    return frame.page("pages/domain_reports.html", "domains", context)


def _is_kind(text: str) -> TypeGuard[Kind]:
    return text in KINDS


def _row(standing: Standing) -> dict[str, object]:
    totals = standing.totals
    everything = sum(totals.values(), DmarcCounts())
    own_failed = sum(totals[kind].failed for kind in ("ours", "service") if kind in totals)
    sessions = standing.tls_succeeded + standing.tls_failed
    return {
        "standing": standing,
        "messages": everything.messages,
        "passed": share(everything.passed, everything.messages),
        "own_failed": own_failed,
        "foreign": totals.get("foreign", DmarcCounts()).messages,
        "tls_failed": share(standing.tls_failed, sessions),
    }


async def _lines(db: Database, clock: Clock, domain_id: UUID) -> AsyncGenerator[tuple[object, ...]]:
    until = clock.now().date() + timedelta(days=3)  # reporters' clocks differ
    async for row in service.dmarc_rows(db, domain_id, service.first_day(clock.now(), service.DAYS), until):
        yield tuple(row[name] for name in _CSV)


HANDLERS = (show_reports, show_domain_reports)
