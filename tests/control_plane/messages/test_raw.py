"""Reading what came by SMTP."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.core.errors import Invalid
from control_plane.core.ids import TenantId, new_uuid
from control_plane.messages.raw import RAW_MAX_BYTES, RawSubmission, read_raw
from tenant_agent import wire

RECEIVED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def submission(raw: bytes, recipients: tuple[str, ...] = ("bob@else.test",), **changes: object) -> RawSubmission:
    made = RawSubmission(
        TenantId(new_uuid()), new_uuid(), "app@acme.test", recipients, raw, "transactional", (), {}, None, RECEIVED_AT
    )
    return msgspec.structs.replace(made, **changes)


def with_header(*lines: str) -> bytes:
    return "\r\n".join(["From: Ann <ann@acme.test>", *lines, "", "Hello"]).encode()


def stored(raw: bytes) -> bytes:
    content = wire.decode_as(read_raw(submission(raw)).composed.content, wire.Content)
    assert isinstance(content.raw, bytes)
    return content.raw


def paths(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {error.path for error in refused.value.errors}


@pytest.mark.parametrize(
    ("author", "address"),
    [
        ("ann@acme.test", "ann@acme.test"),
        ("Ann <Ann@ACME.test>", "Ann@acme.test"),
        ('"Doe, Ann (A.) <x@y.test>" <ann@acme.test>', "ann@acme.test"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= <ann@acme.test>", "ann@acme.test"),
        ("ann@acme.test (Ann)", "ann@acme.test"),
        ("Ann\r\n <ann@acme.test>", "ann@acme.test"),
        ("Grüße <grüße@bücher.test>", "grüße@xn--bcher-kva.test"),
    ],
)
def test_the_author_is_who_from_names(author: str, address: str) -> None:
    assert read_raw(submission(f"From: {author}\r\n\r\n".encode())).composed.sender == address


@pytest.mark.parametrize(
    ("header", "remark"),
    [
        ("Subject: none", "nobody"),
        ("From: ann@acme.test, eve@evil.test", "two authors"),
        ("From: ann@acme.test\r\nFrom: eve@evil.test", "two headers"),
        ("From: ann@acme.test <eve@evil.test>", "an address as name: which do readers see?"),
        ("From: <ann@acme.test> <eve@evil.test>", "two at once"),
        ("From: ann@acme.test)bob@evil.test", "broken comment"),
        ("From: friends: ann@acme.test;", "a group"),
        ("From: Ann", "no address"),
        ("From: " + "(" * 5000, "brackets without end"),
        ('From: "' + "\\" * 5001, "a quote without end"),
    ],
)
def test_one_author_must_be_plain_to_see(header: str, remark: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_raw(submission(f"{header}\r\n\r\n".encode()))
    assert paths(refused) == {"headers.From"}, remark


def test_what_is_only_for_us_is_taken_out_and_nothing_else_is_touched() -> None:
    kept = b"From: Ann <ann@acme.test>\r\nX-Order:  1\r\n\tfolded \r\nDKIM-Signature: v=1\r\n"
    ours = (
        b"Bcc: eve@else.test,\r\n zoe@else.test\r\nX-Fleetpost-Tag: a\r\nidempotency-key: k\r\n"
        b"Sender: eve@evil.test\r\n"
        b"Return-Path: <x@y.test>\r\nAuthentication-Results: us; spf=pass\r\nX-FLEETPOST-Anything: 1\r\n"
    )
    body = b"\r\nBcc: not a header\r\n\x80\xff\r\n"
    assert stored(kept + ours + body) == kept + body


def test_labels_come_from_the_header_and_add_to_those_of_the_key() -> None:
    raw = with_header(
        "X-Fleetpost-Tag: order",
        "X-Fleetpost-Tag: new",
        "X-Fleetpost-Tag: order",
        "X-Fleetpost-Metadata-Order: 17",
        "X-Fleetpost-Stream: Broadcast",
        "Idempotency-Key: k1",
    )
    mail = read_raw(submission(raw, tags=("key",), metadata={"from": "key"}))
    assert mail.composed.tags == ("key", "order", "new")
    assert mail.composed.metadata == {"from": "key", "Order": "17"}
    assert (mail.composed.stream, mail.idempotency_key) == ("broadcast", "k1")


def test_who_is_in_no_header_has_a_blind_copy() -> None:
    raw = with_header("To: Bob <BOB@else.test>", "Cc: cleo@else.test")
    mail = read_raw(submission(raw, ("bob@else.test", "cleo@else.test", "zoe@else.test", "Bob@else.test")))
    assert [(each.email, each.kind) for each in mail.composed.recipients] == [
        ("bob@else.test", "to"),
        ("cleo@else.test", "cc"),
        ("zoe@else.test", "bcc"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hello", "Hello"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("Grüße", "Grüße"),
        ("=?nonsense?q?x?=", "=?nonsense?q?x?="),
        ("=?utf-8?b?!?=", None),
        ("=?utf-8?q?a=0D=0AX-A=3A_1=00?=", "a  X-A: 1"),
        ("=?utf-7?q?+2AA-?=", None),
    ],
)
def test_the_subject_is_shown_as_it_is_read(written: str, read: str | None) -> None:
    subject = read_raw(submission(with_header(f"Subject: {written}"))).composed.subject
    assert read is None or subject == read
    assert subject.encode() is not None


@pytest.mark.parametrize(
    ("raw", "path", "remark"),
    [
        (b"From: ann@acme.test\r\nno header\r\n\r\n", "headers", "a line without a colon"),
        (b" From: ann@acme.test\r\n\r\n", "headers", "begins with a folded line"),
        (b"From: ann@acme.test\r\nX: \0\r\n\r\n", "headers", "NUL"),
        (b"From: ann@acme.test\r\nX: \xff\r\n\r\n", "headers", "no UTF-8"),
        (b"From: ann@acme.test\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", "headers", "too long"),
        (b"From: ann@acme.test\r\n" + b"X: 1\r\n" * 1001 + b"\r\n", "headers", "too many"),
        (with_header(*["Received: x"] * 51), "headers.Received", "goes in a circle"),
        (with_header("X-Fleetpost-Stream: bulk"), "headers.X-Fleetpost-Stream", "no such stream"),
        (with_header("X-Fleetpost-Tag: " + "x" * 65), "tags[0]", "long tag"),
        (with_header(*[f"X-Fleetpost-Tag: {n}" for n in range(11)]), "tags", "many tags"),
        (with_header(*[f"X-Fleetpost-Metadata-{n}: 1" for n in range(21)]), "metadata", "much metadata"),
        (b"x" * (RAW_MAX_BYTES + 1), "raw", "too large"),
    ],
)
def test_what_cannot_be_sent_is_refused(raw: bytes, path: str, remark: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_raw(submission(raw))
    assert paths(refused) == {path}, remark


@pytest.mark.parametrize(
    ("recipients", "path"),
    [
        ((), "recipients"),
        (("no address",), "recipients[0]"),
        (tuple(f"u{n}@else.test" for n in range(501)), "recipients"),
    ],
)
def test_recipients_must_be_addresses_and_not_too_many(recipients: tuple[str, ...], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_raw(submission(with_header(), recipients))
    assert paths(refused) == {path}


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read_raw(submission(b"X-Fleetpost-Stream: bulk\r\n\r\n", ("x",)))
    assert paths(refused) == {"headers.From", "headers.X-Fleetpost-Stream", "recipients[0]"}


def test_line_breaks_are_made_alike() -> None:
    assert stored(b"From: ann@acme.test\n\none\rtwo\n.\nthree\r\n") == (
        b"From: ann@acme.test\r\n\r\none\r\ntwo\r\n.\r\nthree\r\n"
    )


@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_or_has_its_author(noise: bytes) -> None:
    raw = b"From: ann@acme.test\r\n" + noise
    try:
        mail = read_raw(submission(raw))
    except Invalid:
        return
    assert mail.composed.sender == "ann@acme.test"
    kept = wire.decode_as(mail.composed.content, wire.Content).raw
    assert isinstance(kept, bytes)
    header = kept.partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc:" not in header
    assert header.count(b"\nfrom:") == 0
