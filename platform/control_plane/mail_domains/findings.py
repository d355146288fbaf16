"""What a check found to be otherwise than the one before: pure."""

from collections.abc import Iterable

from control_plane.mail_domains.schemas import DnsRecord, RecordChange


def changes(before: Iterable[DnsRecord], after: Iterable[DnsRecord]) -> list[RecordChange]:
    """List the records whose state is another than before, or in whose place something else was found."""
    known = {_place(record): record for record in before}
    return [_change(was, record) for record in after if not _is_same(was := known.get(_place(record)), record)]


def _place(record: DnsRecord) -> tuple[str, str, str]:
    return record.purpose, record.type, record.host


def _is_same(before: DnsRecord | None, after: DnsRecord) -> bool:
    if before is None:
        return after.status == "unchecked"
    if before.status != after.status:
        return False
    return sorted(before.found) == sorted(after.found)


def _change(before: DnsRecord | None, after: DnsRecord) -> RecordChange:
    return RecordChange(
        purpose=after.purpose,
        type=after.type,
        host=after.host,
        before="unchecked" if before is None else before.status,
        after=after.status,
        found=after.found,
    )
