"""Show TLS reports and what they add up to."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode, encode, time_of
from control_plane.core.pagination import Page, cursor
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain
from control_plane.reports.advice import tls_advice
from control_plane.reports.queries import tls as queries
from control_plane.reports.reading import TlsPolicy
from control_plane.reports.schemas import Advice, Filters, TlsReport, TlsReportDetails, TlsReportPolicy, TlsSessions
from control_plane.reports.service.read_dmarc import DAYS, bounds, first_day
from control_plane.settings import Settings

PREFIX = "tlr"
_DOMAIN = "dom"
_MOST = 200

_policies = msgspec.json.Decoder(tuple[TlsReportPolicy, ...])
_found_policies = msgspec.json.Decoder(tuple[TlsPolicy, ...])


class TlsPicture(msgspec.Struct, frozen=True, kw_only=True):
    """How others' connections to a domain's mail servers fared."""

    domain: Domain
    days: int
    succeeded: int
    failed: int
    sessions: tuple[TlsSessions, ...]
    mode: str
    """Of the MTA-STS policy, as the last report found it."""
    advice: Advice


async def list_tls(db: Database, filters: Filters, limit: int, after: str | None) -> Page[TlsReport]:
    """List the bound tenant's reports, newest first."""
    since, before = bounds(filters, cursor(PREFIX, after))
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, filters.domain, since, before, limit + 1)
    shown = tuple(TlsReport(**_fields(row)) for row in rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def find_tls(db: Database, report_id: str) -> TlsReportDetails:
    """Give a report with its policies; raises `NotFound`."""
    wanted = decode(PREFIX, report_id)
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, wanted)
    if row is None:
        raise NotFound
    return TlsReportDetails(**_fields(row), policies=_policies.decode(row["policies"]))


async def tls_picture(db: Database, settings: Settings, clock: Clock, domain_id: UUID, days: int = DAYS) -> TlsPicture:
    """Show how connections to a domain's servers fared; raises `NotFound`."""
    domain = await mail_domains.get(db, settings, domain_id)
    since = first_day(clock.now(), days)
    async with db.tenant_tx() as tx:
        rows = await queries.sessions(tx.connection, domain_id, since, _MOST)
        totals = await queries.totals(tx.connection, since, domain_id)
        policies = await queries.last_policies(tx.connection, domain_id)
    sessions = tuple(TlsSessions(**row) for row in rows)
    modes = [each.mode for each in _found_policies.decode(policies) if each.kind == "sts"] if policies else []
    mode = next(iter(modes), "")
    return TlsPicture(
        domain=domain,
        days=days,
        succeeded=totals[0]["succeeded"] if totals else 0,
        failed=totals[0]["failed"] if totals else 0,
        sessions=sessions,
        mode=mode,
        advice=tls_advice(mode, sessions),
    )


def _fields(row: asyncpg.Record) -> dict[str, Any]:
    names = ("domain", "reporter", "contact", "report_id", "begins_at", "ends_at", "succeeded", "failed")
    return {name: row[name] for name in names} | {
        "id": encode(PREFIX, row["id"]),
        "domain_id": encode(_DOMAIN, row["domain_id"]),
        "received_at": time_of(row["id"]),
    }
