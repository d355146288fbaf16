"""`/v1/dmarc-reports`, `/v1/tls-reports`, `/v1/complaints`, and what they add up to for a domain."""

from collections.abc import AsyncGenerator
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.csv_lines import csv_line
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.openapi import ANSWERS_IN
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.reports import service
from control_plane.reports.schemas import (
    Advice,
    AdviceView,
    Complaint,
    DmarcReport,
    DmarcReportDetails,
    DmarcSummary,
    Filters,
    TlsReport,
    TlsReportDetails,
    TlsSummary,
)

_READ = [requires("reports:read")]
_DOMAIN = "dom"
_MOST_SOURCES = 50
_CSV = "text/csv; charset=utf-8"
CSV_COLUMNS = (
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

DomainName = Annotated[str | None, QueryParameter(max_length=253, description="The name of a domain of yours.")]
Since = Annotated[datetime | None, QueryParameter(description="Of the reports' arrival.")]
Days = Annotated[int, QueryParameter(ge=1, le=400, description="How far back to look, with today.")]


@get("/dmarc-reports", guards=_READ)
async def list_dmarc_reports(
    db: inject.Database,
    domain: DomainName = None,
    since: Since = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[DmarcReport]:
    """List the DMARC aggregate reports that arrived, newest first."""
    return await service.list_dmarc(db, _filters(domain, since, until), limit, after)


@get("/dmarc-reports/{dmarc_report_id:str}", guards=_READ)
async def get_dmarc_report(db: inject.Database, dmarc_report_id: FromPath[str]) -> DmarcReportDetails:
    """Give a DMARC report with its records."""
    return await service.find_dmarc(db, dmarc_report_id)


@get("/domains/{domain_id:str}/dmarc-summary", guards=_READ)
async def get_dmarc_summary(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    days: Days = service.DAYS,
) -> DmarcSummary:
    """Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe."""
    found = await service.dmarc_picture(db, settings, clock, decode(_DOMAIN, domain_id), days)
    return DmarcSummary(
        domain_id=found.domain.id,
        domain=found.domain.name,
        days=days,
        totals=found.totals,
        by_day=found.by_day,
        sources=found.sources[:_MOST_SOURCES],
        reporters=found.reporters,
        advice=_view(found.advice),
    )


@get("/domains/{domain_id:str}/dmarc-export", guards=_READ, opt={ANSWERS_IN: [_CSV]})
async def export_dmarc_rows(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    days: Days = service.DAYS,
) -> Stream:
    """Give what was reported of a domain's mail as CSV, by day and address."""
    today = clock.now().date()
    since, until = service.first_day(clock.now(), days), today + timedelta(days=3)  # reporters' clocks differ
    domain = await service.domain_name(db, settings, decode(_DOMAIN, domain_id))
    headers = {"Content-Disposition": f'attachment; filename="dmarc-{domain}.csv"'}
    return Stream(_lines(db, decode(_DOMAIN, domain_id), since, until), media_type=_CSV, headers=headers)


@get("/tls-reports", guards=_READ)
async def list_tls_reports(
    db: inject.Database,
    domain: DomainName = None,
    since: Since = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[TlsReport]:
    """List the SMTP TLS reports that arrived, newest first."""
    return await service.list_tls(db, _filters(domain, since, until), limit, after)


@get("/tls-reports/{tls_report_id:str}", guards=_READ)
async def get_tls_report(db: inject.Database, tls_report_id: FromPath[str]) -> TlsReportDetails:
    """Give a TLS report with its policies and failures."""
    return await service.find_tls(db, tls_report_id)


@get("/domains/{domain_id:str}/tls-summary", guards=_READ)
async def get_tls_summary(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    days: Days = service.DAYS,
) -> TlsSummary:
    """Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced."""
    found = await service.tls_picture(db, settings, clock, decode(_DOMAIN, domain_id), days)
    return TlsSummary(
        domain_id=found.domain.id,
        domain=found.domain.name,
        days=days,
        succeeded=found.succeeded,
        failed=found.failed,
        sessions=found.sessions,
        advice=_view(found.advice),
    )


@get("/complaints", guards=_READ)
async def list_complaints(
    db: inject.Database,
    domain: DomainName = None,
    since: Since = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Complaint]:
    """List the complaints that feedback loops brought, newest first."""
    return await service.list_complaints(db, _filters(domain, since, until), limit, after)


async def _lines(db: Database, domain_id: UUID, since: date, until: date) -> AsyncGenerator[bytes]:
    yield csv_line(CSV_COLUMNS)
    async for row in service.dmarc_rows(db, domain_id, since, until):
        yield csv_line(row[name] for name in CSV_COLUMNS)


def _filters(domain: str | None, since: datetime | None, until: datetime | None) -> Filters:
    name = domain.replace("\0", "").strip().lower().rstrip(".") if domain is not None else None
    return Filters(domain=name, since=since, until=until)


def _view(advice: Advice) -> AdviceView:
    return AdviceView(step=advice.step, explanation=advice.explanation, record=advice.record)


HANDLERS: list[ControllerRouterHandler] = [
    list_dmarc_reports,
    get_dmarc_report,
    get_dmarc_summary,
    export_dmarc_rows,
    list_tls_reports,
    get_tls_report,
    get_tls_summary,
    list_complaints,
]
