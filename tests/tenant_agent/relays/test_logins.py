"""The socket that Postfix asks for logins, spoken to as Postfix does."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tenant_agent.clock import ManualClock
from tenant_agent.relays.book import RelayBook
from tenant_agent.relays.logins import Logins, serve
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.relays.relay_samples import relay

TOKEN = "06g0000000000000000000000a"


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    book = RelayBook(tmp_path / "relays.json", ManualClock())
    book.set_relays([relay("rly_1"), relay("rly_2", username="bob", password="pass:word")])
    return Logins(book, {TOKEN: "rly_1", "b": "rly_2", "gone": "rly_9"}.get)


@pytest.fixture
async def socket_path(logins: Logins, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "relays.sock"
    task = asyncio.create_task(serve(logins, path))
    await eventually(path.exists)
    yield path
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_each_mail_has_the_login_of_the_relay_that_it_was_routed_to(logins: Logins) -> None:
    assert logins.answer(f"logins {TOKEN}@bounce.acme.test".encode()) == b"OK ann:secret"
    assert logins.answer(b"logins b@bounce.acme.test") == b"OK bob:pass:word"


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
def test_what_is_not_known_waits_and_never_goes_without_a_login(logins: Logins, request_text: bytes) -> None:
    assert logins.answer(request_text).startswith(b"TEMP ")


def test_there_is_no_other_map(logins: Logins) -> None:
    assert logins.answer(b"passwords x@y").startswith(b"PERM ")


async def test_postfix_s_own_tool_reads_the_answers(socket_path: Path) -> None:
    table = f"socketmap:unix:{socket_path}:logins"
    asked = await asyncio.to_thread(
        subprocess.run, ["postmap", "-q", f"{TOKEN}@b.test", table], capture_output=True, check=True
    )
    assert asked.stdout == b"ann:secret\n"


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
    assert await reader.readexactly(len(b"13:OK ann:secret,")) == b"13:OK ann:secret,"
    writer.close()
