"""Which doors the lab has on the machine's loopback, and where they lead."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from e2e.lab.gate import End, Passage
from e2e.lab.namespaces import Network
from e2e.lab.plan import CONTROL_ADDRESS, CONTROL_PORT, OUTSIDE_ADDRESS, OUTSIDE_CONTROL_PORT, NodePlan
from e2e.lab.state import node_ports

LOOPBACK = "127.0.0.1"
_HTTPS_PORT = 443


def lay_out(
    network: Network, nodes: Iterable[NodePlan], ports: Mapping[str, int], certificate: tuple[Path, Path]
) -> list[Passage]:
    """List all passages: the API, the outside world's API, the nodes' ports, and TLS in front of the API."""
    control, outside = str(network.path("ctl")), str(network.path("outside"))
    web = End(LOOPBACK, CONTROL_PORT, control)
    front = End(CONTROL_ADDRESS, _HTTPS_PORT, control)
    return [
        Passage(End(LOOPBACK, ports["api"]), web),
        Passage(front, web, certificate=str(certificate[0]), key=str(certificate[1])),
        Passage(End(LOOPBACK, ports["outside"]), End(OUTSIDE_ADDRESS, OUTSIDE_CONTROL_PORT, outside)),
        *(passage for node in nodes for passage in _to_node(node, ports, outside)),
    ]


def _to_node(node: NodePlan, ports: Mapping[str, int], from_outside: str) -> list[Passage]:
    return [
        Passage(End(LOOPBACK, ports[f"{node.name}.{name}"]), End(node.address, port, from_outside))
        for name, port in node_ports(node).items()
    ]
