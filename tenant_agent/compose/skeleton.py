"""A compiled message: literal bytes, named slots where recipients differ, and files that are read while it is sent."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from tenant_agent import wire


class Slot(msgspec.Struct, frozen=True):
    """A place that each recipient fills; what goes in must already be encoded for where it stands."""

    name: str


class FilePart(msgspec.Struct, frozen=True):
    """A place where a file goes, in lines of base64 or as it is."""

    file: wire.FileRef
    as_base64: bool = True
    is_ascii: bool = True
    """Whether what stands there in the end is."""


Piece: TypeAlias = bytes | FilePart


class Skeleton(msgspec.Struct, frozen=True):
    """The segments of a message in order. A transactional message without large files is a single literal."""

    segments: tuple[bytes | Slot | FilePart, ...]

    def pieces(self, fields: Mapping[str, bytes]) -> tuple[Piece, ...]:
        """Give the message for one recipient; raises `KeyError` when a slot's field is missing."""
        first = self.segments[0]
        if len(self.segments) == 1 and isinstance(first, bytes):
            return (first,)
        return joined(fields[part.name] if isinstance(part, Slot) else part for part in self.segments)

    def render(self, fields: Mapping[str, bytes]) -> bytes:
        """Give a message that has no large files, for one recipient; raises `KeyError` as `pieces` does."""
        [whole] = self.pieces(fields)
        assert isinstance(whole, bytes), "it has files: take its pieces"
        return whole


def joined(parts: Iterable[Piece]) -> tuple[Piece, ...]:
    """Put literal bytes together that follow each other."""
    pieces: list[Piece] = []
    literal: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            literal.append(part)
        else:
            pieces += [b"".join(literal), part]
            literal = []
    return (*pieces, b"".join(literal)) if literal or not pieces else tuple(pieces)
