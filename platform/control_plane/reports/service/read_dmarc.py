"""Show DMARC reports and what they add up to."""

from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode, encode, lower_bound, time_of
from control_plane.core.pagination import Page, cursor
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain
from control_plane.reports.advice import DmarcFacts, dmarc_advice
from control_plane.reports.queries import dmarc as queries
from control_plane.reports.reading import PublishedPolicy
from control_plane.reports.schemas import (
    Advice,
    DmarcCounts,
    DmarcDay,
    DmarcPolicy,
    DmarcReport,
    DmarcReportDetails,
    DmarcReportRecord,
    DmarcSource,
    Filters,
    Kind,
    Reporter,
)
from control_plane.settings import Settings

PREFIX = "dmr"
DAYS = 30
_DOMAIN = "dom"
_MOST_SOURCES = 100
_MOST_REPORTERS = 20
_ROWS_AT_ONCE = 1000
_BEFORE_ALL = "0.0.0.0"  # noqa: S104  the first address there is, not one to listen at
_LAST = UUID(int=2**128 - 1)
_COUNTS = DmarcCounts.__struct_fields__

_policy = msgspec.json.Decoder(PublishedPolicy)
_records = msgspec.json.Decoder(tuple[DmarcReportRecord, ...])


class DmarcPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What was reported of a domain's mail."""

    domain: Domain
    days: int
    by_day: tuple[DmarcDay, ...]
    sources: tuple[DmarcSource, ...]
    reporters: tuple[Reporter, ...]
    policy: PublishedPolicy | None
    """As the last report found it."""
    advice: Advice

    @property
    def totals(self) -> dict[Kind, DmarcCounts]:
        """Add up the days by kind."""
        return totals_of(self.by_day)


def totals_of(days: tuple[DmarcDay, ...]) -> dict[Kind, DmarcCounts]:
    """Add up days by kind."""
    found: dict[Kind, DmarcCounts] = defaultdict(DmarcCounts)
    for each in days:
        found[each.kind] += each.counts
    return dict(found)


async def list_dmarc(db: Database, filters: Filters, limit: int, after: str | None) -> Page[DmarcReport]:
    """List the bound tenant's reports, newest first."""
    since, before = bounds(filters, cursor(PREFIX, after))
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, filters.domain, since, before, limit + 1)
    shown = tuple(DmarcReport(**_fields(row)) for row in rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def find_dmarc(db: Database, report_id: str) -> DmarcReportDetails:
    """Give a report with its records; raises `NotFound`."""
    wanted = decode(PREFIX, report_id)
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, wanted)
    if row is None:
        raise NotFound
    return DmarcReportDetails(
        **_fields(row),
        records=_records.decode(row["records"]),
        record_count=row["record_count"],
        left_out=row["left_out"],
        errors=tuple(row["errors"]),
    )


async def dmarc_picture(
    db: Database, settings: Settings, clock: Clock, domain_id: UUID, days: int = DAYS, kind: Kind | None = None
) -> DmarcPicture:
    """Show how a domain's mail fared, with its sources of one kind or of all; raises `NotFound`."""
    domain = await mail_domains.get(db, settings, domain_id)
    since = first_day(clock.now(), days)
    async with db.tenant_tx() as tx:
        connection, since_id = tx.connection, lower_bound(clock.now() - timedelta(days=days))
        await queries.plan_afresh(connection)
        by_day = tuple(_day(row) for row in await queries.days(connection, domain_id, since))
        sources = tuple(_source(row) for row in await queries.sources(connection, domain_id, since, "", _MOST_SOURCES))
        of_kind = await queries.sources(connection, domain_id, since, kind, _MOST_SOURCES) if kind else None
        reporters = await queries.reporters(connection, domain_id, since_id, _MOST_REPORTERS)
        policy = await queries.last_policy(connection, domain_id)
    found = _policy.decode(policy) if policy else None
    return DmarcPicture(
        domain=domain,
        days=days,
        by_day=by_day,
        sources=sources if of_kind is None else tuple(_source(row) for row in of_kind),
        reporters=tuple(Reporter(**row) for row in reporters),
        policy=found,
        advice=dmarc_advice(_facts(domain, found, by_day, sources)),
    )


async def domain_name(db: Database, settings: Settings, domain_id: UUID) -> str:
    """Name a domain; raises `NotFound`."""
    return (await mail_domains.get(db, settings, domain_id)).name


async def dmarc_rows(db: Database, domain_id: UUID, since: date, until: date) -> AsyncGenerator[asyncpg.Record]:
    """Give all that is known of a domain's days, some addresses at a time."""
    last_day, last_ip = date.min, _BEFORE_ALL
    while True:
        async with db.tenant_tx() as tx:
            rows = await queries.rows_after(tx.connection, domain_id, since, until, last_day, last_ip, _ROWS_AT_ONCE)
        for row in rows:
            yield row
        if len(rows) < _ROWS_AT_ONCE:
            return
        last_day, last_ip = rows[-1]["day"], rows[-1]["source_ip"]


def first_day(now: datetime, days: int) -> date:
    """Give the first of so many UTC days that end with this one."""
    return now.date() - timedelta(days=days - 1)


def bounds(filters: Filters, before: UUID | None) -> tuple[UUID, UUID]:
    """Turn moments into the range of ids that they lie in."""
    since = lower_bound(in_utc(filters.since)) if filters.since else UUID(int=0)
    until = lower_bound(in_utc(filters.until)) if filters.until else _LAST
    return since, min(before or _LAST, until)


def _facts(
    domain: Domain, policy: PublishedPolicy | None, by_day: tuple[DmarcDay, ...], sources: tuple[DmarcSource, ...]
) -> DmarcFacts:
    wanted = next((record for record in domain.records if record.purpose == "dmarc"), None)
    record = (wanted.found[0] if wanted.found else wanted.value) if wanted else "v=DMARC1; p=none"
    return DmarcFacts(
        record=record,
        policy=policy.policy if policy else "",
        percent=policy.percent if policy else 100,
        days=len({each.day for each in by_day}),
        totals=totals_of(by_day),
        sources=sources,
    )


def _fields(row: asyncpg.Record) -> dict[str, Any]:
    names = ("domain", "reporter", "contact", "report_id", "begins_at", "ends_at", "messages", "passed")
    return {name: row[name] for name in names} | {
        "id": encode(PREFIX, row["id"]),
        "domain_id": encode(_DOMAIN, row["domain_id"]),
        "received_at": time_of(row["id"]),
        "policy": msgspec.json.decode(row["policy"], type=DmarcPolicy),
    }


def _day(row: asyncpg.Record) -> DmarcDay:
    return DmarcDay(day=row["day"], kind=row["kind"], counts=counts_of(row))


def _source(row: asyncpg.Record) -> DmarcSource:
    names = ("source_ip", "kind", "days", "last_day", "dkim_domain", "spf_domain")
    return DmarcSource(counts=counts_of(row), **{name: row[name] for name in names})


def counts_of(row: asyncpg.Record) -> DmarcCounts:
    """Read the counts of a row."""
    return DmarcCounts(**{name: row[name] for name in _COUNTS})
