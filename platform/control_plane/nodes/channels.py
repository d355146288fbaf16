"""The names of the channels on which a node's connection is woken."""

from uuid import UUID


def state(node_id: UUID) -> str:
    """Name the channel that is signalled when the node's desired state has changed."""
    return f"node:{node_id}"


def connection(node_id: UUID) -> str:
    """Name the channel on which a new connection of the node announces its id; older ones then end."""
    return f"link:{node_id}"


def applied(node_id: UUID) -> str:
    """Name the channel that is signalled when the node has put a generation in force."""
    return f"applied:{node_id}"
