"""What was written into the search box, piece by piece: each can be taken out again."""

from collections.abc import Mapping

import msgspec

from control_plane.core.errors import Invalid
from control_plane.messages.search.language import parts_of
from web.tables import Table


class Chip(msgspec.Struct, frozen=True):
    """One piece, and the address of the list without it."""

    text: str
    without_url: str


def chips(table: Table, name: str = "query") -> tuple[Chip, ...]:
    """Give a chip for each piece of what the box holds; none for what cannot be read."""
    try:
        written = [part.written for part in parts_of(table.value(name))]
    except Invalid:
        return ()
    return tuple(
        Chip(text, _without(table, {name: " ".join([*written[:place], *written[place + 1 :]])}))
        for place, text in enumerate(written)
    )


def _without(table: Table, changes: Mapping[str, str]) -> str:
    return table.url(**changes)
