"""Chooses the way out: the pool's addresses on this node, one Postfix transport per address."""

import zlib

import msgspec

from tenant_agent import wire
from tenant_agent.ledger import Delivery
from tenant_agent.transports import transport_of


class Decision(msgspec.Struct, frozen=True):
    """The transport that a delivery takes, and why."""

    transport: str
    source_ip: str
    route: wire.Route


def decide(node: wire.NodeItem, generation: int, pool_id: str, token: str) -> Decision | None:
    """Choose by the pool and spread by the delivery's token; None when the node has no address in the pool.

    The same node, pool and token give the same decision, so that it can be made again after a restart.
    """
    addresses = [ip.address for ip in node.ips if ip.pool_id == pool_id]
    if not addresses:
        return None
    address = addresses[zlib.crc32(token.encode()) % len(addresses)]
    return Decision(transport_of(address), address, wire.Route(pool_id=pool_id, generation=generation))


def submission_pool(node: wire.NodeItem) -> str | None:
    """Give the pool that mail from a mailbox's owner leaves by: the node's first."""
    return node.ips[0].pool_id if node.ips else None


class Router:
    """Remembers which transport each delivery in hand takes, for the policy service to tell Postfix."""

    def __init__(self, node: wire.NodeItem, generation: int) -> None:
        self.node = node
        self.generation = generation
        self._in_hand: dict[str, Decision] = {}

    def set_node(self, node: wire.NodeItem, generation: int) -> None:
        """Decide by this from now on; what is in hand keeps its way."""
        self.node, self.generation = node, generation

    def assign(self, delivery: Delivery) -> Decision | None:
        """Decide for a delivery that is about to be injected; none when it must not leave from this node."""
        decision = decide(self.node, self.generation, delivery.envelope.pool_id, delivery.token)
        if decision is not None:
            self._in_hand[delivery.token] = decision
        return decision

    def assigned(self, token: str) -> Decision | None:
        """Give what was decided for a delivery in hand."""
        return self._in_hand.get(token)

    def release(self, token: str) -> None:
        """The delivery is no longer in hand."""
        self._in_hand.pop(token, None)
