"""Bytes that are to be kept, whose hash and size are known before they are read once more."""

import hashlib
from collections.abc import Iterator
from typing import Protocol

import msgspec


class Source(Protocol):
    """Something that can be read from its beginning, as often as need be."""

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> bytes: ...

    def read(self, piece_bytes: int) -> Iterator[bytes]:
        """Give the bytes in pieces of this size; only the last is shorter. May block: it is called in a thread."""
        ...


class InMemory(msgspec.Struct, frozen=True):
    """Bytes that are in memory already."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def read(self, piece_bytes: int) -> Iterator[bytes]:
        """Give the bytes in pieces."""
        return (self.content[at : at + piece_bytes] for at in range(0, len(self.content), piece_bytes))
