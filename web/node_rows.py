"""Nodes as the operator's pages show them: with a status in words and how each is."""

import msgspec

from control_plane.core.database import Database
from control_plane.core.languages import mark
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import Condition, Holdings, Node
from web.i18n import gettext
from web.statuses import Status

_MOST_NODES, _MOST_RETIRED = 1000, 100
_DRAINED = Status("info", mark("Drained"), mark("It is empty: it can be retired."))

STATUSES = {
    "enrolling": Status("info", mark("Enrolling"), mark("Its agent has not reported yet: give it its token.")),
    "ready": Status("success", mark("Ready"), mark("It serves.")),
    "draining": Status("warning", mark("Draining"), mark("It finishes what it has and gets nothing new.")),
    "lost": Status("error", mark("Lost"), mark("It has been silent for a minute. If it runs it goes on serving.")),
    "retired": Status("quiet", mark("Retired"), mark("It is out of service.")),
}  # fmt: skip


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A node as the tables show it."""

    node: Node
    status: Status
    condition: Condition

    @property
    def behind(self) -> int:
        """Count the generations that it has not applied."""
        return self.node.generation_desired - self.node.generation_applied

    @property
    def queued(self) -> int:
        """Count the files in its queue."""
        return sum(self.node.queue.values())

    @property
    def disk_share(self) -> float | None:
        """Say how much of the disk is free, of 1."""
        free, total = self.condition.disk_free_bytes, self.condition.disk_total_bytes
        return free / total if free is not None and total else None


async def rows(db: Database, *, retired: bool = False) -> list[NodeRow]:
    """Give the nodes, oldest first; those that are retired only if they are asked for, and at the end."""
    async with db.fleet_tx() as tx:
        listed = list((await nodes.list_nodes(tx, None, _MOST_NODES, retired=False)).data)
        if retired:
            oldest = await nodes.list_nodes(tx, None, _MOST_RETIRED)
            listed += [node for node in oldest.data if node.status == "retired"]
        conditions = await nodes.conditions(tx)
    return [row(node, conditions[node.id]) for node in listed]


def row(node: Node, condition: Condition, holdings: Holdings | None = None) -> NodeRow:
    """Make a node's row; with what it holds, a drained one that is empty is told from one that is not."""
    is_drained = node.status == "draining" and holdings is not None and holdings.nothing
    known = _DRAINED if is_drained else STATUSES[node.status]
    status = Status(known.tone, gettext(known.label), gettext(known.meaning))
    return NodeRow(node=node, status=status, condition=condition)
