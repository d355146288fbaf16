"""A compiled message: literal bytes with named slots where recipients differ."""

from collections.abc import Mapping

import msgspec


class Slot(msgspec.Struct, frozen=True):
    """A place that each recipient fills; what goes in must already be encoded for where it stands."""

    name: str


class Skeleton(msgspec.Struct, frozen=True):
    """The segments of a message in order. A transactional message is a single literal."""

    segments: tuple[bytes | Slot, ...]

    def render(self, fields: Mapping[str, bytes]) -> bytes:
        """Give the message for one recipient; raises `KeyError` when a slot's field is missing."""
        first = self.segments[0]
        if len(self.segments) == 1 and isinstance(first, bytes):
            return first
        return b"".join(part if isinstance(part, bytes) else fields[part.name] for part in self.segments)
