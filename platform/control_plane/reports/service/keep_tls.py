"""Keep a TLS report, once, and add it up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from control_plane.core.database import Database
from control_plane.core.ids import lower_bound, new_uuid
from control_plane.mail_domains.service import ReportOwner
from control_plane.reports.queries import tls as queries
from control_plane.reports.queries.tls import NewSessions
from control_plane.reports.reading import ReadTls, TlsPolicy, Unreadable
from control_plane.reports.sources import is_about

_MOST_REPORTS = 2000
"""Of one domain in a day: anybody can write to its address."""
_PERIOD = timedelta(days=1)


async def keep_tls(db: Database, owner: ReportOwner, report: ReadTls, now: datetime) -> None:
    """Store a report of the bound tenant; again, nothing happens. Raises `Unreadable` when it is not the domain's."""
    own = tuple(policy for policy in report.policies if is_about(policy.domain or owner.name, owner.name))
    if not own:
        raise Unreadable("The report is about another domain than the one whose address it was sent to.")
    kept = msgspec.structs.replace(report, policies=own)
    rows = [row for policy in own for row in _rows(policy)]
    async with db.tenant_tx() as tx:
        count = await queries.count_since(tx.connection, owner.domain_id, lower_bound(now - _PERIOD))
        if count >= _MOST_REPORTS:
            raise Unreadable("More reports on this domain came in a day than anybody has use for.")
        if await queries.insert(tx.connection, new_uuid(), owner.domain_id, kept) and rows:
            middle = report.begins_at + (report.ends_at - report.begins_at) / 2
            await queries.add_rows(tx.connection, owner.domain_id, middle.date(), rows)


def _rows(policy: TlsPolicy) -> Iterator[NewSessions]:
    """Give what succeeded, what failed for a reason, and what failed without one."""
    unexplained = policy.failed - sum(failure.sessions for failure in policy.failures)
    if policy.succeeded:
        yield NewSessions(kind=policy.kind, result="", mx="", sessions=policy.succeeded)
    if unexplained > 0:
        yield NewSessions(kind=policy.kind, result="unknown", mx="", sessions=unexplained)
    for each in policy.failures:
        if each.sessions:
            yield NewSessions(kind=policy.kind, result=each.result, mx=each.mx, sessions=each.sessions)
