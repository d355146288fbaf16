"""The names of the channels on which nodes' connections are woken, and of jobs that tell them something."""

from collections.abc import Iterable
from uuid import UUID

STATE = "nodes:state"
"""Signalled when the desired state of nodes has changed; the body names them, so that a thousand are one signal."""


FILL_JOB = "nodes.fill_placements"
"""Triggered when nodes are to be sent what tenants have."""

OUTFIT_JOB = "nodes.outfit"
"""Triggered when a node is new: it is to have at once what the whole fleet has."""

PEERS_JOB = "nodes.tell_peers"
"""Triggered when the nodes that know each other, or how, may have changed."""


def connection(node_id: UUID) -> str:
    """Name the channel on which a new connection of the node announces its id; older ones then end."""
    return f"link:{node_id}"


def applied(node_id: UUID) -> str:
    """Name the channel that is signalled when the node has put a generation in force."""
    return f"applied:{node_id}"


def naming(node_ids: Iterable[UUID]) -> str:
    """Write a body that names nodes."""
    return " ".join(str(node_id) for node_id in node_ids)


def named(body: str) -> list[str]:
    """Read a body that names nodes: their ids as text."""
    return body.split()
