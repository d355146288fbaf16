"""The sandbox in words: the addresses of the simulator's, as pages list them."""

import msgspec

from control_plane.core.sandbox import SIMULATOR
from control_plane.sandbox.scripts import WORDS
from web.i18n import gettext


class Address(msgspec.Struct, frozen=True):
    """An address to try a program with, and what mail to it does."""

    email: str
    meaning: str


def addresses() -> tuple[Address, ...]:
    """List them; none where the platform has no domain for them."""
    if not SIMULATOR.domain:
        return ()
    return tuple(Address(f"{word.example}@{SIMULATOR.domain}", gettext(word.meaning)) for word in WORDS)
