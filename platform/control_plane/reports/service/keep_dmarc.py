"""Keep a DMARC report, once, and add it up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from control_plane.core.database import Database
from control_plane.core.ids import lower_bound, new_uuid
from control_plane.mail_domains.service import ReportOwner
from control_plane.reports.queries import dmarc as queries
from control_plane.reports.queries.dmarc import NewRow
from control_plane.reports.reading import DmarcRecord, ReadDmarc, Unreadable
from control_plane.reports.schemas import DmarcReportRecord, DmarcSignature, Kind
from control_plane.reports.service.marks import our_marks
from control_plane.reports.sources import kind_of, own_records

_MOST_KEPT = 2000
_MOST_REPORTS = 2000
_MOST_RECORDS = 250_000
"""Of one domain in a day. Its address stands in DNS, so that anybody can write to it: our disks are not anybody's."""
_PERIOD = timedelta(days=1)


async def keep_dmarc(db: Database, owner: ReportOwner, report: ReadDmarc, now: datetime) -> None:
    """Store a report of the bound tenant; again, nothing happens. Raises `Unreadable` when it is not the domain's."""
    own = _own(report, owner)
    marks = await our_marks(db, owner, own.records)
    judged: list[tuple[Kind, DmarcRecord]] = [(kind_of(record, marks), record) for record in own.records]
    rows = [_row(kind, record) for kind, record in judged]
    async with db.tenant_tx() as tx:
        reports, records = await queries.load_since(tx.connection, owner.domain_id, lower_bound(now - _PERIOD))
        if reports >= _MOST_REPORTS or records + len(rows) > _MOST_RECORDS:
            raise Unreadable("More reports on this domain came in a day than anybody has use for.")
        kept = msgspec.json.encode(_largest(judged)).decode()
        if await queries.insert(tx.connection, new_uuid(), owner.domain_id, own, rows, kept) and rows:
            middle = report.begins_at + (report.ends_at - report.begins_at) / 2
            await queries.add_rows(tx.connection, owner.domain_id, middle.date(), rows)


def _own(report: ReadDmarc, owner: ReportOwner) -> ReadDmarc:
    """Leave out what is about somebody else's mail."""
    if report.policy.domain != owner.name:
        raise Unreadable("The report is about another domain than the one whose address it was sent to.")
    records = own_records(report.records, owner.name)
    if report.records and not records:
        raise Unreadable("The report is about mail of another domain.")
    left_out = report.left_out + len(report.records) - len(records)
    return msgspec.structs.replace(report, records=tuple(records), left_out=left_out)


def _row(kind: Kind, record: DmarcRecord) -> NewRow:
    signer = next((domain for domain, _ in record.dkim), "")
    return NewRow(
        source_ip=record.source_ip,
        kind=kind,
        disposition=record.disposition,
        dkim_aligned=record.dkim_aligned,
        spf_aligned=record.spf_aligned,
        header_from=record.header_from,
        dkim_domain=signer,
        spf_domain=record.spf,
        messages=record.messages,
    )


def _largest(judged: Sequence[tuple[Kind, DmarcRecord]]) -> list[DmarcReportRecord]:
    by_size = sorted(judged, key=lambda each: each[1].messages, reverse=True)
    return [_shown(kind, record) for kind, record in by_size[:_MOST_KEPT]]


def _shown(kind: Kind, record: DmarcRecord) -> DmarcReportRecord:
    return DmarcReportRecord(
        source_ip=record.source_ip,
        kind=kind,
        messages=record.messages,
        disposition=record.disposition,
        dkim_aligned=record.dkim_aligned,
        spf_aligned=record.spf_aligned,
        header_from=record.header_from,
        envelope_from=record.envelope_from,
        dkim=tuple(DmarcSignature(domain=domain, selector=selector) for domain, selector in record.dkim),
        spf=record.spf,
        reasons=record.reasons,
    )
