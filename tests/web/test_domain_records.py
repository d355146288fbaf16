"""A domain's records as its page tells them."""

import msgspec
import pytest

from control_plane.mail_domains.schemas import DnsRecord, Domain, RecordStatus
from tests.control_plane.dns_publishing.samples import RECORDS, domain
from web.domain_records import has_expired, shown, story_of


def standing(*statuses: RecordStatus) -> Domain:
    """Make a domain whose first records stand like this."""
    records = [
        msgspec.structs.replace(record, status=status) for record, status in zip(RECORDS, statuses, strict=False)
    ]
    return domain([*records, *RECORDS[len(statuses) :]])


def test_what_is_in_place_is_counted_without_what_cannot_be_published() -> None:
    progress = story_of(standing("ok", "warning", "wrong", "unknown")).progress
    assert (progress.in_place, progress.total, progress.percent) == (2, 11, 18)


def test_every_record_stands_in_one_group() -> None:
    story = story_of(domain(RECORDS))
    lines = [line.record for group in story.groups for subject in group.subjects for line in subject.lines]
    assert sorted(line.host for line in lines) == sorted(record.host for record in RECORDS)


def test_what_is_in_place_is_folded_and_the_rest_is_open() -> None:
    story = story_of(standing("ok", "missing", "unknown"))
    lines = {line.record.host: line for group in story.groups for each in group.subjects for line in each.lines}
    assert [lines[record.host].open for record in RECORDS[:3]] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("v=spf1 -all", "v=spf1 -all"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x00b\r\n", "a\\u0000b\\u000d\\u000a"),
        ("x" * 500, "x" * 400 + "…"),
    ],
)
def test_what_strangers_wrote_is_fit_to_be_seen(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_no_more_is_shown_than_can_be_read() -> None:
    found = [f"value {number}" for number in range(20)]
    record = msgspec.structs.replace(RECORDS[0], status="wrong", found=found)
    line = story_of(domain([record])).groups[0].subjects[0].lines[0]
    assert (len(line.found), line.more_found) == (5, 15)


@pytest.mark.parametrize(("status", "tone"), [("pending", "info"), ("failed", "error")])
def test_an_unproven_domain_says_what_comes_next(status: str, tone: str) -> None:
    story = story_of(msgspec.structs.replace(domain(RECORDS), status=status))
    assert story.tone == tone
    assert story.sentence


def test_a_lost_domain_is_no_expired_claim() -> None:
    expired = msgspec.structs.replace(domain(RECORDS), status="failed")
    lost = msgspec.structs.replace(expired, proof_missing_since=expired.created_at)
    assert (has_expired(expired), has_expired(lost)) == (True, False)
    assert story_of(expired).sentence != story_of(lost).sentence


def test_each_line_has_a_name_of_its_own() -> None:
    twice = [*RECORDS, DnsRecord(type="TXT", host="a.b-c.test", value="x", purpose="dkim")]
    lines = [line.id for group in story_of(domain(twice)).groups for each in group.subjects for line in each.lines]
    assert len(lines) == len(set(lines))
