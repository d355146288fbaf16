"""TLS reports and their roll-ups."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.reports.reading import ReadTls

_REPORT = """
select r.id, r.domain_id, d.name as domain, r.reporter, r.contact, r.report_id, r.begins_at, r.ends_at, r.succeeded,
  r.failed"""
_OF_REPORTS = " from tls_reports r join mail_domains d on d.tenant_id = r.tenant_id and d.id = r.domain_id"

_INSERT = """
insert into tls_reports (tenant_id, id, domain_id, reporter, contact, report_id, begins_at, ends_at, succeeded, failed,
  policies)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
on conflict do nothing returning id"""

_ADD_ROWS = """
insert into tls_rows as r (tenant_id, domain_id, day, kind, result, mx, sessions)
select $1::uuid, $2::uuid, $3::date, new.kind, new.result, new.mx, sum(new.sessions)
from unnest($4::text[], $5::text[], $6::text[], $7::bigint[]) as new (kind, result, mx, sessions)
group by 1, 2, 3, 4, 5, 6 order by 4, 5, 6
on conflict (tenant_id, domain_id, day, kind, result, mx) do update set sessions = r.sessions + excluded.sessions"""


class NewSessions(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions of one kind and result; an empty result is success."""

    kind: str
    result: str
    mx: str
    sessions: int


async def insert(connection: Connection, report_id: UUID, domain_id: UUID, report: ReadTls) -> bool:
    """Store a report unless it is there; says whether it was new."""
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
        sum(policy.succeeded for policy in report.policies),
        sum(policy.failed for policy in report.policies),
        msgspec.json.encode(report.policies).decode(),
    )
    return found is not None


async def add_rows(connection: Connection, domain_id: UUID, day: date, rows: Sequence[NewSessions]) -> None:
    """Add a report's sessions to the roll-ups of its day."""
    columns = zip(*(msgspec.structs.astuple(row) for row in rows), strict=True)
    await connection.execute(_ADD_ROWS, bound_tenant(), domain_id, day, *columns)


async def count_since(connection: Connection, domain_id: UUID, since_id: UUID) -> int:
    """Count the reports on a domain that arrived since."""
    found: int = await connection.fetchval(
        "select count(*) from tls_reports where tenant_id = $1 and domain_id = $2 and id >= $3",
        bound_tenant(),
        domain_id,
        since_id,
    )
    return found


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
    """Find a report with its policies."""
    return await connection.fetchrow(
        _REPORT + ", r.policies" + _OF_REPORTS + " where r.tenant_id = $1 and r.id = $2", bound_tenant(), report_id
    )


async def sessions(connection: Connection, domain_id: UUID, since: date, limit: int) -> list[asyncpg.Record]:
    """Give a domain's sessions by kind, result and server, the most first."""
    return await connection.fetch(
        """select kind, result, mx, sum(sessions)::bigint as sessions, max(day) as last_day from tls_rows
           where tenant_id = $1 and domain_id = $2 and day >= $3
           group by kind, result, mx order by sessions desc, kind, result, mx limit $4""",
        bound_tenant(),
        domain_id,
        since,
        limit,
    )


async def totals(connection: Connection, since: date, domain_id: UUID | None = None) -> list[asyncpg.Record]:
    """Count sessions that succeeded and that failed, for each domain or for one."""
    return await connection.fetch(
        """select domain_id, coalesce(sum(sessions) filter (where result = ''), 0)::bigint as succeeded,
             coalesce(sum(sessions) filter (where result <> ''), 0)::bigint as failed
           from tls_rows where tenant_id = $1 and day >= $2 and ($3::uuid is null or domain_id = $3)
           group by domain_id""",
        bound_tenant(),
        since,
        domain_id,
    )


async def last_policies(connection: Connection, domain_id: UUID) -> str | None:
    """Give the policies of the last report, as JSON."""
    found: str | None = await connection.fetchval(
        "select policies::text from tls_reports where tenant_id = $1 and domain_id = $2 order by id desc limit 1",
        bound_tenant(),
        domain_id,
    )
    return found
