"""What a move must know of the nodes, and which of them could take a mailbox: pure."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from control_plane.core.ids import NodeId
from control_plane.nodes.schemas import NodeStatus

MOST_MOVES = 4
"""Under way on one node at once, from it or to it."""
MOST_FINALS = 2
"""Mailboxes of one node that are closed at once: as many as its agent sees to at a time."""
_SPARE_SHARE = 0.03
_SPARE_BYTES = 1280 * 1024 * 1024
"""What is left free on a target at least: the larger of the two. An agent takes nothing with less than a gibibyte."""


class Busy(msgspec.Struct, frozen=True):
    """What is under way on a node."""

    moves: int = 0
    finals: int = 0
    """Of those that lead away from it."""


class MoveNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node as moves see it."""

    id: NodeId
    name: str
    status: NodeStatus
    is_drained: bool
    keeps_mailboxes: bool
    """It has the role for that."""
    is_known: bool
    """The others know by what certificate to recognise it."""
    mailboxes: int
    """That it keeps, and that are on their way to it."""
    disk_free_bytes: int | None
    disk_total_bytes: int | None

    def has_room(self, size_bytes: int) -> bool:
        """Say whether a mailbox would fit; a node that did not say how full it is has room."""
        if self.disk_free_bytes is None:
            return True
        spare = max(_SPARE_BYTES, int((self.disk_total_bytes or 0) * _SPARE_SHARE))
        return self.disk_free_bytes - size_bytes >= spare


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes, and what is under way on each."""

    nodes: Mapping[UUID, MoveNode]
    busy: Mapping[UUID, Busy]

    def busy_at(self, node_id: UUID) -> Busy:
        """Give what is under way on a node."""
        return self.busy.get(node_id, Busy())

    def has_slot(self, node_id: UUID) -> bool:
        """Say whether one more move may begin on a node."""
        return self.busy_at(node_id).moves < MOST_MOVES

    def may_close(self, node_id: UUID) -> bool:
        """Say whether one more of a node's mailboxes may be closed."""
        return self.busy_at(node_id).finals < MOST_FINALS


def never_fits(node: MoveNode) -> str:
    """Say why nothing will move to a node unless an operator changes it; nothing if it may."""
    if node.status == "retired":
        return f"{node.name} is out of service."
    if not node.keeps_mailboxes:
        return f"{node.name} keeps no mailboxes: give it the role mailbox, or choose another."
    if node.is_drained:
        return f"{node.name} is being emptied: choose another node, or let it serve again."
    return ""


def waits_for(node: MoveNode, size_bytes: int) -> str:
    """Say what has to become of a target first; nothing if it can take a mailbox now."""
    if node.status != "ready":
        return f"{node.name} must be back."
    if not node.is_known:
        return f"{node.name} must tell its certificate to the others: bring its agent up to date."
    if not node.has_room(size_bytes):
        return f"{node.name} must have more free disk."
    return ""


def best(fleet: Fleet, source_id: UUID, size_bytes: int) -> MoveNode | None:
    """Choose the target that has most free disk for each mailbox it keeps."""
    able = [
        node
        for node in fleet.nodes.values()
        if node.id != source_id and not never_fits(node) and not waits_for(node, size_bytes)
    ]
    free = [node for node in able if fleet.has_slot(node.id)]
    return max(free, key=lambda node: ((node.disk_free_bytes or 0) / (node.mailboxes + 1), str(node.id)), default=None)


def could_ever(fleet: Fleet, source_id: UUID) -> bool:
    """Say whether there is any node that mailboxes of another could move to, now or when it is back."""
    return any(node.id != source_id and not never_fits(node) for node in fleet.nodes.values())
