"""DMARC reports and their roll-ups."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.reports.reading import ReadDmarc

_REPORT = """
select r.id, r.domain_id, d.name as domain, r.reporter, r.contact, r.report_id, r.begins_at, r.ends_at, r.policy,
  r.messages, r.passed"""
_OF_REPORTS = " from dmarc_reports r join mail_domains d on d.tenant_id = r.tenant_id and d.id = r.domain_id"
_COUNTS = ("messages", "passed", "dkim_aligned", "spf_aligned", "quarantined", "rejected")
_SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in _COUNTS)

_INSERT = """
insert into dmarc_reports (tenant_id, id, domain_id, reporter, contact, report_id, begins_at, ends_at, policy, messages,
  passed, record_count, left_out, errors, records)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14, $15::jsonb)
on conflict do nothing returning id"""

_ADD_ROWS = """
insert into dmarc_rows as r (tenant_id, domain_id, day, source_ip, kind, disposition, dkim_aligned, spf_aligned,
  header_from, dkim_domain, spf_domain, messages)
select $1::uuid, $2::uuid, $3::date, new.source_ip, new.kind, new.disposition, new.dkim_aligned, new.spf_aligned,
  new.header_from, new.dkim_domain, new.spf_domain, sum(new.messages)
from unnest($4::inet[], $5::text[], $6::text[], $7::bool[], $8::bool[], $9::text[], $10::text[], $11::text[],
    $12::bigint[])
  as new (source_ip, kind, disposition, dkim_aligned, spf_aligned, header_from, dkim_domain, spf_domain, messages)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 order by 4, 5, 6, 7, 8, 9, 10, 11
on conflict (tenant_id, domain_id, day, source_ip, kind, disposition, dkim_aligned, spf_aligned, header_from,
  dkim_domain, spf_domain)
do update set messages = r.messages + excluded.messages"""

_ADD_DAYS = f"""
insert into dmarc_days as r (tenant_id, domain_id, day, kind, {", ".join(_COUNTS)})
select $1::uuid, $2::uuid, $3::date, new.kind, sum(new.messages),
  coalesce(sum(new.messages) filter (where new.dkim or new.spf), 0),
  coalesce(sum(new.messages) filter (where new.dkim), 0), coalesce(sum(new.messages) filter (where new.spf), 0),
  coalesce(sum(new.messages) filter (where new.disposition = 'quarantine'), 0),
  coalesce(sum(new.messages) filter (where new.disposition = 'reject'), 0)
from unnest($4::text[], $5::text[], $6::bool[], $7::bool[], $8::bigint[])
  as new (kind, disposition, dkim, spf, messages)
group by new.kind order by new.kind
on conflict (tenant_id, domain_id, day, kind)
do update set {", ".join(f"{name} = r.{name} + excluded.{name}" for name in _COUNTS)}"""  # noqa: S608  our own names

_BUSIEST = """
select source_ip from dmarc_rows
where tenant_id = $1 and domain_id = $2 and day >= $3 and ($4 = '' or kind = $4)
group by source_ip order by sum(messages) desc, source_ip limit $5"""

_SOURCES = """
select host(source_ip) as source_ip, kind, sum(messages)::bigint as messages,
  coalesce(sum(messages) filter (where dkim_aligned or spf_aligned), 0)::bigint as passed,
  coalesce(sum(messages) filter (where dkim_aligned), 0)::bigint as dkim_aligned,
  coalesce(sum(messages) filter (where spf_aligned), 0)::bigint as spf_aligned,
  coalesce(sum(messages) filter (where disposition = 'quarantine'), 0)::bigint as quarantined,
  coalesce(sum(messages) filter (where disposition = 'reject'), 0)::bigint as rejected,
  count(distinct day)::int as days, max(day) as last_day, max(dkim_domain) as dkim_domain, max(spf_domain) as spf_domain
from dmarc_rows
where tenant_id = $1 and domain_id = $2 and day >= $3 and ($4 = '' or kind = $4) and source_ip = any ($5)
group by source_ip, kind order by messages desc, dmarc_rows.source_ip, kind"""

_STANDINGS = f"""
with fared as (
  select domain_id, kind, {_SUMS} from dmarc_days where tenant_id = $1 and day >= $2 group by domain_id, kind
), shown as (
  select d.id, d.name, coalesce(sum(f.messages - f.passed) filter (where f.kind in ('ours', 'service')), 0) as failing,
    coalesce(sum(f.messages), 0) as messages
  from mail_domains d left join fared f on f.domain_id = d.id
  where d.tenant_id = $1 and d.proven_at is not null
  group by d.id, d.name order by failing desc, messages desc, d.name limit $3
)
select s.id as domain_id, s.name as domain, f.kind, {", ".join(f"f.{name}" for name in _COUNTS)}
from shown s left join fared f on f.domain_id = s.id
order by s.failing desc, s.messages desc, s.name, f.kind"""  # noqa: S608  our own names


class NewRow(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that came from one address and fared the same."""

    source_ip: str
    kind: str
    disposition: str
    dkim_aligned: bool
    spf_aligned: bool
    header_from: str
    dkim_domain: str
    spf_domain: str
    messages: int


# --- Taking -----------------------------------------------------------------------------------------------------------


async def insert(
    connection: Connection, report_id: UUID, domain_id: UUID, report: ReadDmarc, rows: Sequence[NewRow], data: str
) -> bool:
    """Store a report, with its largest records as JSON, unless it is there; says whether it was new."""
    found = await connection.fetchval(
        _INSERT,
        bound_tenant(),
        report_id,
        domain_id,
        report.reporter,
        report.contact,
        report.report_id,
        report.begins_at,
        report.ends_at,
        msgspec.json.encode(report.policy).decode(),
        sum(row.messages for row in rows),
        sum(row.messages for row in rows if row.dkim_aligned or row.spf_aligned),
        len(rows),
        report.left_out,
        report.errors,
        data,
    )
    return found is not None


async def add_rows(connection: Connection, domain_id: UUID, day: date, rows: Sequence[NewRow]) -> None:
    """Add a report's messages to the roll-ups of its day."""
    given = bound_tenant(), domain_id, day
    columns = list(zip(*(msgspec.structs.astuple(row) for row in rows), strict=True))
    await connection.execute(_ADD_ROWS, *given, *columns)
    names = NewRow.__struct_fields__
    wanted = ("kind", "disposition", "dkim_aligned", "spf_aligned", "messages")
    await connection.execute(_ADD_DAYS, *given, *(columns[names.index(name)] for name in wanted))


async def load_since(connection: Connection, domain_id: UUID, since_id: UUID) -> tuple[int, int]:
    """Count the reports on a domain, and their records, that arrived since."""
    row = await connection.fetchrow(
        """select count(*), coalesce(sum(record_count), 0) from dmarc_reports
           where tenant_id = $1 and domain_id = $2 and id >= $3""",
        bound_tenant(),
        domain_id,
        since_id,
    )
    assert row is not None, "an aggregate has a row"
    return int(row[0]), int(row[1])


async def selectors(connection: Connection, domain_id: UUID) -> set[str]:
    """Name the selectors that we sign, or signed, a domain's mail with."""
    rows = await connection.fetch(
        "select distinct selector from dkim_keys where tenant_id = $1 and domain_id = $2", bound_tenant(), domain_id
    )
    return {row["selector"] for row in rows}


# --- Reading ----------------------------------------------------------------------------------------------------------


async def page(
    connection: Connection, domain: str | None, since_id: UUID, before_id: UUID, limit: int
) -> list[asyncpg.Record]:
    """List reports that arrived in between, newest first."""
    return await connection.fetch(
        _REPORT + _OF_REPORTS + " where r.tenant_id = $1 and r.id >= $2 and r.id < $3"
        " and ($4::text is null or d.name = $4) order by r.id desc limit $5",
        bound_tenant(),
        since_id,
        before_id,
        domain,
        limit,
    )


async def find(connection: Connection, report_id: UUID) -> asyncpg.Record | None:
    """Find a report with its records."""
    return await connection.fetchrow(
        _REPORT
        + ", r.record_count, r.left_out, r.errors, r.records"
        + _OF_REPORTS
        + " where r.tenant_id = $1 and r.id = $2",
        bound_tenant(),
        report_id,
    )


async def days(connection: Connection, domain_id: UUID, since: date) -> list[asyncpg.Record]:
    """Give a domain's days by kind."""
    return await connection.fetch(
        f"""select day, kind, {", ".join(_COUNTS)} from dmarc_days
            where tenant_id = $1 and domain_id = $2 and day >= $3 order by day, kind""",  # noqa: S608  our own names
        bound_tenant(),
        domain_id,
        since,
    )


async def plan_afresh(connection: Connection) -> None:
    """Have this transaction's statements planned for the domain they ask about: some have few sources, some many."""
    await connection.execute("set local plan_cache_mode = force_custom_plan")


async def sources(connection: Connection, domain_id: UUID, since: date, kind: str, limit: int) -> list[asyncpg.Record]:
    """Give the addresses that sent most, of one kind or of all: first which, then what, since few of many are shown."""
    given = bound_tenant(), domain_id, since, kind
    busiest = [row["source_ip"] for row in await connection.fetch(_BUSIEST, *given, limit)]
    return await connection.fetch(_SOURCES, *given, busiest)


async def reporters(connection: Connection, domain_id: UUID, since_id: UUID, limit: int) -> list[asyncpg.Record]:
    """Give who reported most."""
    return await connection.fetch(
        """select reporter, count(*) as reports, sum(messages)::bigint as messages, max(ends_at) as last_at
           from dmarc_reports where tenant_id = $1 and domain_id = $2 and id >= $3
           group by reporter order by messages desc, reporter limit $4""",
        bound_tenant(),
        domain_id,
        since_id,
        limit,
    )


async def last_policy(connection: Connection, domain_id: UUID) -> str | None:
    """Give the policy that the last report found, as JSON."""
    found: str | None = await connection.fetchval(
        "select policy::text from dmarc_reports where tenant_id = $1 and domain_id = $2 order by id desc limit 1",
        bound_tenant(),
        domain_id,
    )
    return found


async def rows_after(
    connection: Connection, domain_id: UUID, since: date, until: date, last_day: date, source_ip: str, limit: int
) -> list[asyncpg.Record]:
    """Give a domain's rolled-up rows in their order, all of some days' addresses after the last one given."""
    return await connection.fetch(
        """select day, host(source_ip) as source_ip, kind, disposition, dkim_aligned, spf_aligned, header_from,
             dkim_domain, spf_domain, messages
           from dmarc_rows
           where tenant_id = $1 and domain_id = $2 and day >= $3 and day < $4 and (day, source_ip) > ($5, $6::inet)
           order by day, source_ip fetch first $7 rows with ties""",
        bound_tenant(),
        domain_id,
        since,
        until,
        last_day,
        source_ip,
        limit,
    )


async def standings(connection: Connection, since: date, limit: int) -> list[asyncpg.Record]:
    """Give the proven domains with what was reported of each kind, those first of which most fails that should not."""
    return await connection.fetch(_STANDINGS, bound_tenant(), since, limit)


async def last_arrivals(connection: Connection, since_id: UUID) -> list[asyncpg.Record]:
    """Give each domain's newest DMARC report of late: its id, and the policy that it found."""
    return await connection.fetch(
        """select distinct on (domain_id) domain_id, id, policy ->> 'policy' as policy from dmarc_reports
           where tenant_id = $1 and id >= $2 order by domain_id, id desc""",
        bound_tenant(),
        since_id,
    )
