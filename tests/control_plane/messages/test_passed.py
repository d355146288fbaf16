"""Mail that is passed on stays as it was, but for what means something to us."""

import pytest

from control_plane.core.errors import Invalid
from control_plane.messages.passed import Passed, composed_of
from control_plane.messages.raw import RAW_MAX_BYTES
from tenant_agent import wire

ABOVE = (("X-Fleetpost-Passed-On", "cv=none; spf=pass"), ("Delivered-To", "support@acme.test"))
WRITTEN = b"X-Fleetpost-Passed-On: cv=none; spf=pass\r\nDelivered-To: support@acme.test\r\n"


def passed(raw: bytes) -> bytes:
    mail = Passed(
        author="bob@else.test",
        domain="acme.test",
        recipient="ann@home.test",
        subject="Hello",
        message_id="<1@else.test>",
        above=ABOVE,
        raw=raw,
    )
    content = wire.decode_as(composed_of(mail).content, wire.Content)
    assert isinstance(content.raw, bytes)
    return content.raw


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"From: b@else.test\r\n\r\nHi\r\n", b"From: b@else.test\r\n\r\nHi\r\n"),
        (b"From: b@else.test\nTo: x\n\nHi\n", b"From: b@else.test\r\nTo: x\r\n\r\nHi\r\n"),
        (b"X-Fleetpost-Checks: score=1;\r\n\tA=1\r\nFrom: b@else.test\r\n\r\nHi", b"From: b@else.test\r\n\r\nHi"),
        (b"x-FLEETPOST-passed-on: cv=pass; x\r\nFrom: b\r\n\r\nHi", b"From: b\r\n\r\nHi"),
        (b"From: b\r\nReturn-Path: <x@y>\r\n\r\nReturn-Path: stays\r\n", b"From: b\r\n\r\nReturn-Path: stays\r\n"),
        (b"From: b\r\nX-Fleetpost-Passed-On : cv=pass\r\n\r\nHi", b"From: b\r\n\r\nHi"),
        (b"\r\nno header\r\n\r\nat all", b"\r\nno header\r\n\r\nat all"),
        (b"X-Fleetpost-Checks: 1\r\n\r\nHi", b"\r\nHi"),
        (b"From: b", b"From: b"),
        (b"", b"\r\n"),
        (b"Subject: \xff\xfe\r\n\r\n\xff", b"Subject: \xff\xfe\r\n\r\n\xff"),
    ],
    ids=[
        "as it is",
        "with bare line breaks",
        "our checks",
        "somebody's word that it was passed on",
        "a return path",
        "a space before the colon",
        "no header",
        "nothing but ours",
        "no body",
        "nothing",
        "no text at all",
    ],
)
def test_only_what_is_ours_is_taken_out(raw: bytes, expected: bytes) -> None:
    assert passed(raw) == WRITTEN + expected


def test_a_long_header_is_read_in_no_time() -> None:
    raw = b"X-Fleetpost-" * 100_000 + b"\r\n\r\nHi"
    assert passed(raw).endswith(b"\r\n\r\nHi")


def test_one_that_no_node_could_take_is_refused() -> None:
    with pytest.raises(Invalid):
        passed(b"From: b\r\n\r\n" + b"x" * RAW_MAX_BYTES)
