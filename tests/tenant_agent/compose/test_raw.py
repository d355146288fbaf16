import pytest

from tenant_agent import wire
from tenant_agent.compose import compile_message, header_of
from tests.tenant_agent.compose.test_compose import ENVELOPE

ANN = wire.Address("ann@acme.test")


def compiled(raw: bytes) -> bytes:
    return compile_message(ENVELOPE, wire.Content(sender=ANN, raw=raw)).render({})


def test_what_is_complete_stays_as_it_is() -> None:
    raw = b"From: ann@acme.test\r\nDATE : x\r\nMessage-Id: <a@b>\r\n\r\nHello\r\n"
    assert compiled(raw) == raw


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        (b"From: ann@acme.test\r\n\r\nDate: in the body\r\nMessage-ID: too\r\n", "what the body says does not count"),
        (b"From: ann@acme.test\n\nDate: in the body\nMessage-ID: too\n", "other line breaks"),
        (b"X-Date: x\r\nNo-Message-ID: x\r\n\r\n", "other names"),
        (b"\r\nDate: x\r\nMessage-ID: x\r\n", "no header at all"),
        (b"From: ann@acme.test", "nothing but a header"),
    ],
)
def test_what_is_missing_is_put_in_front(raw: bytes, remark: str) -> None:
    written = compiled(raw)
    assert written.endswith(raw)
    added = written.removesuffix(raw)
    assert [line.partition(b":")[0] for line in added.splitlines()] == [b"Date", b"Message-ID"], remark
    assert f"<{ENVELOPE.message_id}@acme.test>".encode() in added


def test_the_header_ends_at_the_first_empty_line() -> None:
    assert header_of(b"A: 1\r\nB: 2\r\n\r\nC: 3\r\n\r\n") == b"A: 1\r\nB: 2"
