"""The application at a port of this machine, for programs that are not ours to call it as they call any server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from tests.ports import free_port

_PATIENCE_SECONDS = 30


@asynccontextmanager
async def served(app: Litestar) -> AsyncGenerator[str]:
    """Serve an application that has been started; gives its address."""
    port = free_port()
    server = Server(app, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await _answering(port)
    yield f"http://127.0.0.1:{port}"
    server.stop()  # type: ignore[no-untyped-call]  # granian says no types there
    await running


async def _answering(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


async def run(*command: str, env: dict[str, str], stdin: str = "") -> str:
    """Run a program beside the application; gives what it prints, and fails with what it complains about."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=env, stdin=pipe, stdout=pipe, stderr=pipe)
    printed, complaint = await process.communicate(stdin.encode())
    assert process.returncode == 0, complaint.decode() + printed.decode()
    return printed.decode()
