"""What tells a daemon that serves from one that does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tenant_agent.drivers import NotServing
from tenant_agent.drivers.probes import expect_greeting, until_serving


@asynccontextmanager
async def greeting(line: bytes, *, after_refusals: int = 0) -> AsyncIterator[int]:
    """Serve one line to everybody, but nothing to the first ones; gives the port."""
    refusals = after_refusals

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
        else:
            writer.write(line)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_the_expected_greeting_is_enough() -> None:
    async with greeting(b"220 n1.fleetpost.test ESMTP\r\n") as port:
        await expect_greeting("127.0.0.1", port, b"220 ")


@pytest.mark.parametrize("line", [b"421 too busy\r\n", b"", b"\0\0\0"])
async def test_another_greeting_is_not(line: bytes) -> None:
    async with greeting(line) as port:
        with pytest.raises(NotServing, match="220"):
            await expect_greeting("127.0.0.1", port, b"220 ")


async def test_nobody_there_is_not_serving() -> None:
    async with greeting(b"") as port:
        pass
    with pytest.raises(NotServing, match="does not answer"):
        await expect_greeting("127.0.0.1", port, b"220 ")


async def test_a_daemon_that_needs_a_moment_is_waited_for() -> None:
    async with greeting(b"220 \r\n", after_refusals=3) as port:
        await until_serving(lambda: expect_greeting("127.0.0.1", port, b"220 "), within_seconds=10)


async def test_a_daemon_that_never_serves_is_given_up() -> None:
    async with greeting(b"421 \r\n") as port:
        with pytest.raises(NotServing):
            await until_serving(lambda: expect_greeting("127.0.0.1", port, b"220 "), within_seconds=0)
