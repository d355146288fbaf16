"""Runs the daemons' own tools."""

import asyncio
from typing import NamedTuple

_TIMEOUT_SECONDS = 60.0


class Outcome(NamedTuple):
    """How a command ended."""

    status: int
    output: str
    """Both streams, as they came."""


async def run(*command: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> Outcome:
    """Run a command to its end; one that takes too long is killed and counts as failed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return Outcome(-1, f"{command[0]} took longer than {timeout_seconds:.0f} s")
    return Outcome(process.returncode or 0, output.decode(errors="replace").strip())
