"""The operator's commands for nodes."""

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import NodeId, decode
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.schemas import STREAMS, NewIp
from control_plane.nodes import placements, service
from control_plane.nodes.schemas import NewNode, NodeAdded


async def add_node(runtime: Runtime, new: NewNode) -> NodeAdded:
    """Register a node and send it all tenants' items; gives an enrolment token until its agent has enrolled."""
    async with runtime.db.fleet_tx() as tx:
        node = await service.register_node(tx, new)
        node_id = NodeId(decode("nod", node.id))
        enrolled = await service.is_enrolled(tx, node_id)
        token = None if enrolled else await service.new_enrolment_token(tx, node_id, runtime.clock)
    await placements.fill(runtime.db, runtime.vault, runtime.clock, node_id)
    return NodeAdded(node.id, None if token is None else token.token)


def read_ip(text: str, node_hostname: str) -> NewIp:
    """Read `ADDRESS=STREAM` or `ADDRESS=STREAM=HOSTNAME`; raises `Invalid`.

    Without a host name it is `out-<address with dashes>` beside the node's own. Its A and PTR records must say so too.
    """
    address, stream, hostname = (*text.split("=", 2), "", "")[:3]
    for known in STREAMS:
        if stream == known:
            fallback = f"out-{address.replace('.', '-').replace(':', '-')}.{node_hostname.partition('.')[2]}"
            return NewIp(address=address, stream=known, hostname=hostname or fallback)
    raise Invalid(errors=(FieldError("ip", f"{text} is not ADDRESS=transactional or ADDRESS=broadcast"),))
