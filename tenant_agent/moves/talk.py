"""What the source of a move asks of the target, and what it is answered."""

from typing import Literal

import msgspec

from tenant_agent.moves.census import Census

Wanted = Literal["update", "anew", "census"]
"""`update` and `anew` are followed by dsync's own dialogue; `anew` takes the copy away before."""


class Ask(msgspec.Struct, frozen=True, tag=True):
    """First frame of a connection: which mailbox, by which move, and what is to be done with its copy there."""

    move_id: str
    address: str
    wanted: Wanted


class Answer(msgspec.Struct, frozen=True, tag=True):
    """Said before anything is done, with a census if that was asked for, and again once dsync has ended."""

    problem: str | None = None
    census: Census | None = None
