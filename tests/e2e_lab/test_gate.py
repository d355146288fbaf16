"""Bytes go through the gate unchanged, in both directions, with and without TLS at its door."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from e2e.lab.authority import Authority
from e2e.lab.gate import End, Passage, open_passage

_HOST = "127.0.0.1"


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.read())
    writer.write_eof()
    await writer.drain()
    writer.close()


@pytest.fixture
async def echo_port() -> AsyncIterator[int]:
    server = await asyncio.start_server(_echo, _HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_what_goes_in_comes_back_after_the_end_was_said(echo_port: int) -> None:
    async with await open_passage(Passage(End(_HOST, 0), End(_HOST, echo_port))) as gate:
        reader, writer = await asyncio.open_connection(_HOST, gate.sockets[0].getsockname()[1])
        sent = bytes(range(256)) * 4096
        writer.write(sent)
        writer.write_eof()
        assert await reader.read() == sent
        writer.close()


async def test_tls_ends_at_the_door_with_the_labs_certificate(tmp_path: Path) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    authority = Authority(tmp_path)
    authority.prepare()
    certificate, key = authority.issue("control.fleetpost.test")
    server = await asyncio.start_server(greet, _HOST, 0)
    exit_port = server.sockets[0].getsockname()[1]
    passage = Passage(End(_HOST, 0), End(_HOST, exit_port), certificate=str(certificate), key=str(key))
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    async with server, await open_passage(passage) as gate:
        port = gate.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(
            _HOST, port, ssl=trusting, server_hostname="control.fleetpost.test"
        )
        assert await reader.read() == b"hello"
        writer.close()


async def test_nobody_at_the_other_end_closes_the_connection(unused_port: int) -> None:
    async with await open_passage(Passage(End(_HOST, 0), End(_HOST, unused_port))) as gate:
        reader, writer = await asyncio.open_connection(_HOST, gate.sockets[0].getsockname()[1])
        assert await reader.read() == b""
        writer.close()


@pytest.fixture
async def unused_port() -> int:
    server = await asyncio.start_server(_echo, _HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
