"""A delegated name that disappears: signing goes over to the slot whose name is still there."""

from datetime import UTC, datetime

import pytest

from control_plane.core.ids import new_uuid
from control_plane.mail_domains.dkim_life import KeyLife, KeyStatus
from control_plane.mail_domains.schemas import DnsRecord, RecordStatus
from control_plane.mail_domains.service.dkim_falling_back import must_fall_back

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def key(selector: str, status: KeyStatus) -> KeyLife:
    return KeyLife(id=new_uuid(), selector=selector, algorithm="rsa", status=status, created_at=NOW)


def record(selector: str, status: RecordStatus) -> DnsRecord:
    host = f"{selector}._domainkey.acme.test"
    return DnsRecord(type="CNAME", host=host, value="x.dkim.test", purpose="dkim", status=status)


@pytest.mark.parametrize(
    ("mine", "other", "falls_back", "remark"),
    [
        ("missing", "ok", True, "gone, and there is somewhere to go"),
        ("wrong", "ok", True, "it leads elsewhere"),
        ("missing", "missing", False, "nowhere to go"),
        ("missing", "unknown", False, "not for certain"),
        ("unknown", "ok", False, "silence is no absence"),
        ("warning", "ok", False, "the key itself is published: it verifies"),
        ("ok", "ok", False, "all is well"),
    ],
)
def test_it_goes_where_receivers_can_see_it(
    mine: RecordStatus, other: RecordStatus, falls_back: bool, remark: str
) -> None:
    judged = [record("fp1r", mine), record("fp2r", other)]
    assert must_fall_back(judged, [key("fp1r", "active")]) == falls_back


def test_a_rotation_that_is_under_way_is_not_begun_again() -> None:
    judged = [record("fp1r", "missing"), record("fp2r", "ok")]
    assert not must_fall_back(judged, [key("fp1r", "active"), key("fp2r", "pending")])
