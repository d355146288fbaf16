"""Who has which name and address in the lab; all of it follows from the state directory and the number of nodes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

PLATFORM_DOMAIN = "fleetpost.test"
PLATFORM_ZONE = f"dns.{PLATFORM_DOMAIN}"  # the platform itself writes it
CONTROL_HOSTNAME = f"control.{PLATFORM_DOMAIN}"
CONTROL_URL = f"https://{CONTROL_HOSTNAME}"
SITE_HOSTNAME = f"sites.{PLATFORM_DOMAIN}"
CONTROL_ADDRESS = "10.77.0.2"
CONTROL_PORT = 8000
RESOLVER_ADDRESS = "10.77.0.3"
AUTHORITY_ADDRESS = "10.77.0.4"
CA_HOSTNAME = f"ca.{PLATFORM_DOMAIN}"
CA_ADDRESS = "10.77.0.5"

TENANT_DOMAIN = "acme.test"
TENANT_MAILBOX = f"ann@{TENANT_DOMAIN}"

OUTSIDE_DOMAIN = "else.test"
OUTSIDE_ADDRESS = "10.77.9.2"
OUTSIDE_MX = f"mx.{OUTSIDE_DOMAIN}"
OUTSIDE_HOOKS = f"hooks.{OUTSIDE_DOMAIN}"
OUTSIDE_RELAY = f"smtp.{OUTSIDE_DOMAIN}"
OUTSIDE_RELAY_PORT = 587
OUTSIDE_MAILBOX = f"bob@{OUTSIDE_DOMAIN}"
OUTSIDE_CONTROL_PORT = 8080

# A server of before SMTPUTF8 (RFC 6531); else it is as the outside world's other one.
OLD_DOMAIN = "old.test"
OLD_ADDRESS = "10.77.9.7"
OLD_MX = f"mx.{OLD_DOMAIN}"

# A server that forwards: a real Postfix (`e2e.lab.forwarder`), when a test wants it.
FORWARDER_DOMAIN = "post.test"
FORWARDER_ADDRESS = "10.77.9.8"
FORWARDER_MX = f"mx.{FORWARDER_DOMAIN}"

# An address for measurements: what listens there (smtp-sink) is the benchmark's own business.
BULK_DOMAIN = "bulk.test"
BULK_ADDRESS = "10.77.9.3"

# Providers whose servers measure how they are spoken to (`e2e.lab.meter`), when a test wants it.
PROVIDERS = {"big.test": "10.77.9.4", "small.test": "10.77.9.5", "busy.test": "10.77.9.6"}

PREFIX_BITS = 16
MOST_NODES = 8  # 10.77.9.x is the outside world


@dataclass(frozen=True)
class SendingIp:
    """An address that mail leaves from."""

    address: str
    hostname: str
    pool: str


@dataclass(frozen=True)
class NodePlan:
    """A fleet node: node 1 has all roles, the others only send."""

    name: str
    hostname: str
    address: str
    roles: tuple[str, ...]
    ips: tuple[SendingIp, ...]
    spare: tuple[SendingIp, ...] = ()
    """Addresses that the machine has and nobody registered yet."""


@dataclass(frozen=True)
class Host:
    """A machine of the lab: a network namespace with its addresses."""

    name: str
    addresses: tuple[str, ...]


def namespace_prefix(home: Path) -> str:
    """Tell the states of one machine apart by their directories."""
    return "fp" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:6]


def plan_node(number: int) -> NodePlan:
    """Lay out node 1, 2, …"""
    ips = [
        SendingIp(f"10.77.{number}.{last}", f"out{number}-{last}.{PLATFORM_DOMAIN}", pool)
        for last, pool in ((11, "transactional"), (12, "broadcast"), (13, "transactional"), (14, "transactional"))
    ]
    roles = ("outbound", "mx", "mailbox") if number == 1 else ("outbound",)
    name, address = f"n{number}", f"10.77.{number}.10"
    return NodePlan(name, f"{name}.{PLATFORM_DOMAIN}", address, roles, tuple(ips[:2]), tuple(ips[2:]))


def plan_nodes(count: int) -> tuple[NodePlan, ...]:
    """Lay out all nodes of a lab."""
    if not 1 <= count <= MOST_NODES:
        raise ValueError(f"the lab has room for 1 to {MOST_NODES} nodes, not for {count}")
    return tuple(plan_node(number) for number in range(1, count + 1))


def plan_hosts(nodes: tuple[NodePlan, ...]) -> tuple[Host, ...]:
    """List every machine on the lab's one network."""
    return (
        Host("ctl", (CONTROL_ADDRESS,)),
        Host("dns", (RESOLVER_ADDRESS, AUTHORITY_ADDRESS)),
        Host("ca", (CA_ADDRESS,)),
        Host("outside", (OUTSIDE_ADDRESS, OLD_ADDRESS, FORWARDER_ADDRESS, BULK_ADDRESS, *PROVIDERS.values())),
        *map(host_of, nodes),
    )


def host_of(node: NodePlan) -> Host:
    """Give the machine that a node is."""
    return Host(node.name, (node.address, *(ip.address for ip in (*node.ips, *node.spare))))
