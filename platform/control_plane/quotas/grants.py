"""How much of a tenant's room each node is granted in advance: a pure decision.

Little to who asks for little, so that much stays for whoever needs it; what idle nodes hold is called back when it is
all that is left. What is called back counts as granted until its node has said what it used of it.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.quotas.resources import MESSAGES, Window, window_of
from control_plane.quotas.schemas import Count

Kind: TypeAlias = Window | Literal["unlimited"]

_FIRST = 100
_LEAST = 10
"""What is granted at once at least, while there is so much."""


class Share(msgspec.Struct, frozen=True):
    """How a node stands in one window."""

    node_id: UUID
    told: int = 0
    used: int = 0
    wanted: int = 0
    is_new: bool = False

    @property
    def left(self) -> int:
        """What the node may still use, as far as is known."""
        return max(self.told - self.used, 0)


class Plan(msgspec.Struct, frozen=True):
    """What each node is to be told, and how much of the room that takes."""

    told: dict[UUID, int]
    taken: int
    is_all: bool
    """Nothing is left, and nothing on its way back."""


def plan(shares: Sequence[Share], room: int) -> Plan:
    """Divide the room among those that want some, in turns of bearable size; call back what others do not use."""
    told = {share.node_id: share.told for share in shares}
    left, unmet = room, 0
    for share in sorted(shares, key=lambda each: each.left):
        wish = _wish(share, room, len(shares))
        more = min(wish, left, max(left // (2 * len(shares)), _LEAST))
        told[share.node_id] += more
        left -= more
        unmet += wish - more if not left else 0
    if unmet and not left:
        for share in shares:
            if not share.wanted and not share.is_new:
                told[share.node_id] -= share.left - share.left // 2
    called_back = any(told[share.node_id] < share.told for share in shares)
    return Plan(told, room - left, is_all=not left and not called_back and not any(map(_idle, shares)))


def _wish(share: Share, room: int, nodes: int) -> int:
    first = max(1, min(_FIRST, room // (20 * nodes))) if share.is_new else 0
    return max(first, share.wanted)


def _idle(share: Share) -> bool:
    return bool(share.left and not share.wanted)


def kind_of(counts: Sequence[Count]) -> Kind:
    """Say in which windows a tenant is granted what: the shortest that is limited for it or somebody above."""
    limited = {count.resource for count in counts if count.room is not None}
    for resource in MESSAGES:
        window = window_of(resource)
        if resource in limited and window is not None:
            return window
    return "unlimited"
