"""An upload cut into parts of whole lines while it comes in, so that none of it need be held."""

from collections.abc import AsyncGenerator, AsyncIterable

PART_BYTES = 512 * 1024


class LineTooLong(ValueError):
    """There is a line that is longer than a whole part: no line of addresses is."""


async def parts(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Give parts of at most half a megabyte; raises `LineTooLong`."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) >= PART_BYTES:
            end = held.rfind(b"\n", 0, PART_BYTES) + 1
            if end == 0:
                raise LineTooLong
            yield bytes(held[:end])
            del held[:end]
    if held:
        yield bytes(held)
