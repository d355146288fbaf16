"""What a place for blobs must be able to do; it keeps bytes by key and knows nothing of what they are."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Protocol

from control_plane.core.errors import Unavailable


class BlobGone(Exception):
    """There is no such blob, or not all of it."""


class StoreAway(Unavailable):
    """Files cannot be stored or read just now: try again in a moment."""

    code = "files_unavailable"


class Store(Protocol):
    """Keeps blobs. Everything may raise `StoreAway`; keys are made by us, and are safe as paths."""

    async def put(self, key: str, pieces: Iterator[bytes], size: int) -> None:
        """Keep so many bytes; they are there, on disk, when this returns, or nothing is. `pieces` may block."""
        ...

    def get(self, key: str, start: int) -> AsyncGenerator[bytes]:
        """Give the bytes from a place on; raises `BlobGone`."""
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs; those that are not there are no fault."""
        ...

    async def delete_all(self, prefix: str) -> None:
        """Delete everything whose key begins with this directory's name."""
        ...
