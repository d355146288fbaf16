"""Assembled templates, kept in the process: a version never changes, so what was parsed once stays right."""

from collections import OrderedDict
from uuid import UUID

import msgspec

from control_plane.templates.assembly import Assembled, Content

MOST_CHARACTERS = 8_000_000
"""Of what was written; parsed it takes some ten times as much memory."""


class Key(msgspec.Struct, frozen=True):
    """A version and the version of its layout. Ids are never used twice, by whichever tenant."""

    template_id: UUID
    number: int
    layout_id: UUID | None = None
    layout_number: int | None = None

    @property
    def versions(self) -> list[tuple[UUID, int]]:
        """Name the versions that it is made of."""
        own = [(self.template_id, self.number)]
        if self.layout_id is None or self.layout_number is None:
            return own
        return [*own, (self.layout_id, self.layout_number)]


class Entry:
    """An assembled template, and until when it is given little time because it took too much."""

    def __init__(self, assembled: Assembled) -> None:
        self.assembled = assembled
        self.short_until = 0.0


class AssemblyCache:
    """Keeps what was used last, up to a size."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._held = 0
        self._entries: OrderedDict[Key, tuple[Entry, int]] = OrderedDict()

    def get(self, key: Key) -> Entry | None:
        """Give what is kept."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: Key, entry: Entry, size: int) -> None:
        """Keep something, and let go of what was not used for longest."""
        self._held += size - self._entries.pop(key, (None, 0))[1]
        self._entries[key] = (entry, size)
        while self._held > self._most and len(self._entries) > 1:
            _, (_, gone) = self._entries.popitem(last=False)
            self._held -= gone


def size_of(content: Content | None) -> int:
    """Give how many characters were written."""
    parts = () if content is None else (content.subject, content.html, content.text, content.mjml)
    return sum(len(part) for part in parts if part)
