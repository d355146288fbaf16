"""Our own look at what an authority is about to look at."""

import asyncio
import contextlib

import httpx

from control_plane.certificates.prober import OutsideProber
from control_plane.mail_domains.resolver import FixedResolver
from tests.control_plane.certificates.conftest import ToPort80


async def test_a_server_that_dribbles_is_not_waited_for() -> None:
    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)

    server = await asyncio.start_server(dribble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(transport=ToPort80(port)) as client, asyncio.timeout(20):
        prober = OutsideProber(client, FixedResolver({}), seconds=0.3)
        assert await prober.over_http("mail.acme.test", "token", "value") == "nothing"
    server.close()
