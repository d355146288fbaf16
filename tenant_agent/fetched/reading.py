"""How files that were fetched are read, for those who send them."""

from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

from tenant_agent import wire


class FileLost(Exception):
    """A file that was here is not, or cannot be read."""


ReadFile: TypeAlias = Callable[[wire.FileRef], AsyncGenerator[bytes]]
"""Gives a file's bytes in pieces; raises `FileLost`."""


async def no_files(file: wire.FileRef) -> AsyncGenerator[bytes]:
    """Have none."""
    raise FileLost(file.id)
    yield b""
