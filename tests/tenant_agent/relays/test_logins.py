"""The socket that Postfix asks for logins, spoken to as Postfix does."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.relays.logins import Conversation, serve
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.relays.relay_samples import relay

TOKEN = "06g0000000000000000000000a"


HOST_KEY, SERVER_KEY = b"logins smtp.provider.test", b"logins [smtp.provider.test]:587"
RELAYS = {
    TOKEN: [relay("rly_1")],
    "b": [relay("rly_2", username="bob", password="pass:word")],
    "moving": [relay("rly_1"), relay("rly_3", host="smtp.other.test", username="other")],
    "gone": [],
}


def relays_of(sender: str) -> Sequence[wire.RelayItem]:
    return RELAYS.get(sender.partition("@")[0], ())


def asked(conversation: Conversation, sender: str, server: bytes = SERVER_KEY) -> bytes:
    """Ask as smtp(8) does: for the sender, its domain, the host, and the next hop."""
    domain = sender.partition("@")[2]
    for key in (f"logins {sender}".encode(), f"logins @{domain}".encode(), HOST_KEY):
        answer = conversation.answer(key)
        if answer != b"NOTFOUND ":
            return answer
    return conversation.answer(server)


@pytest.fixture
def conversation() -> Conversation:
    return Conversation(relays_of)


@pytest.fixture
async def socket_path(tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "relays.sock"
    task = asyncio.create_task(serve(relays_of, path))
    await eventually(path.exists)
    yield path
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_each_mail_has_the_login_of_a_relay_that_it_may_leave_by(conversation: Conversation) -> None:
    assert asked(conversation, f"{TOKEN}@bounce.acme.test") == b"OK ann:secret"
    assert asked(conversation, "b@bounce.acme.test") == b"OK bob:pass:word"


def test_a_login_is_told_to_its_own_server_alone(conversation: Conversation) -> None:
    assert asked(conversation, "moving@bounce.acme.test", b"logins [smtp.other.test]:587") == b"OK other:secret"
    assert asked(conversation, "moving@bounce.acme.test") == b"OK ann:secret"
    for server in (b"logins [smtp.other.test]:587", b"logins [smtp.provider.test]:465"):
        assert asked(conversation, f"{TOKEN}@bounce.acme.test", server).startswith(b"TEMP ")


def test_a_mail_without_a_sender_does_not_inherit_the_one_before(conversation: Conversation) -> None:
    asked(conversation, "b@bounce.acme.test")
    assert conversation.answer(HOST_KEY).startswith(b"TEMP ")
    assert conversation.answer(SERVER_KEY).startswith(b"TEMP ")
    conversation.answer(b"logins b@bounce.acme.test")
    assert conversation.answer(b"logins nobody@bounce.acme.test").startswith(b"TEMP ")
    assert conversation.answer(SERVER_KEY).startswith(b"TEMP ")


@pytest.mark.parametrize(
    "request_text",
    [
        b"logins nobody@bounce.acme.test",
        b"logins gone@bounce.acme.test",
        b"logins @bounce.acme.test",
        b"logins smtp.provider.test",
        b"logins [smtp.provider.test]:587",
        b"logins ",
        b"logins \xff\xfe@x",
    ],
)
def test_what_is_not_known_waits_and_never_goes_without_a_login(
    conversation: Conversation, request_text: bytes
) -> None:
    assert conversation.answer(request_text).startswith(b"TEMP ")


def test_there_is_no_other_map(conversation: Conversation) -> None:
    assert conversation.answer(b"passwords x@y").startswith(b"PERM ")


async def test_postfix_s_own_tool_reads_the_answers(socket_path: Path) -> None:
    table, keys = f"socketmap:unix:{socket_path}:logins", f"{TOKEN}@b.test\n[smtp.provider.test]:587\n"
    told = await asyncio.to_thread(
        subprocess.run, ["postmap", "-q", "-", table], input=keys.encode(), capture_output=True, check=True
    )
    assert told.stdout == b"[smtp.provider.test]:587\tann:secret\n"


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.0\r\n\r\n", b"99999:", b"5:abcdefgh", b":", b"-1:x,", b"x" * 5000])
async def test_noise_ends_that_connection_alone(socket_path: Path, noise: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(socket_path)
    writer.write(noise)
    writer.write_eof()
    async with asyncio.timeout(5):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    reader, writer = await asyncio.open_unix_connection(socket_path)
    request = f"logins {TOKEN}@b.test".encode()
    writer.write(b"%d:%s," % (len(request), request))
    assert await reader.readexactly(len(b"9:NOTFOUND ,")) == b"9:NOTFOUND ,"
    writer.close()
