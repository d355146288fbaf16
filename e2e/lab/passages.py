"""Which doors the lab has on the machine's loopback, and where they lead."""

from collections.abc import Iterable, Mapping

from e2e.lab.gate import End, Passage
from e2e.lab.namespaces import Network
from e2e.lab.plan import CONTROL_ADDRESS, CONTROL_PORT, OUTSIDE_ADDRESS, OUTSIDE_CONTROL_PORT, NodePlan
from e2e.lab.state import node_ports

LOOPBACK = "127.0.0.1"
_HTTP_PORT, _HTTPS_PORT = 80, 443


def lay_out(network: Network, nodes: Iterable[NodePlan], ports: Mapping[str, int]) -> list[Passage]:
    """List all passages: the API, the web front as the world sees it, the outside world's API, the nodes' ports."""
    control, outside = str(network.path("ctl")), str(network.path("outside"))
    web = End(LOOPBACK, CONTROL_PORT, control)
    return [
        Passage(End(LOOPBACK, ports["api"]), web),
        Passage(End(LOOPBACK, ports["http"]), End(CONTROL_ADDRESS, _HTTP_PORT, outside)),
        Passage(End(LOOPBACK, ports["https"]), End(CONTROL_ADDRESS, _HTTPS_PORT, outside)),
        Passage(End(LOOPBACK, ports["outside"]), End(OUTSIDE_ADDRESS, OUTSIDE_CONTROL_PORT, outside)),
        *(passage for node in nodes for passage in _to_node(node, ports, outside)),
    ]


def _to_node(node: NodePlan, ports: Mapping[str, int], from_outside: str) -> list[Passage]:
    return [
        Passage(End(LOOPBACK, ports[f"{node.name}.{name}"]), End(node.address, port, from_outside))
        for name, port in node_ports(node).items()
    ]
