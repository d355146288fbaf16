"""The bare node stack to compare with: stock Postfix, a policy service and signing Rspamd, fed over loopback."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from benchmarks.bare_agent import READY
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.plan import BULK_DOMAIN, PLATFORM_DOMAIN, TENANT_DOMAIN, Host, NodePlan, SendingIp
from tenant_agent import wire

SESSIONS = 8
_ADDRESS, _SENDING_ADDRESS = "10.77.8.10", "10.77.8.11"
_PLAN = NodePlan(
    "bare",
    f"bare.{PLATFORM_DOMAIN}",
    _ADDRESS,
    ("outbound",),
    (SendingIp(_SENDING_ADDRESS, f"outbare.{PLATFORM_DOMAIN}", "transactional"),),
)
_START_SECONDS = 60.0


@dataclass
class Bare:
    """A running bare node."""

    node: Node

    @property
    def pid(self) -> int:
        """The root of its processes."""
        return self.node.pid

    def feed(self, count: int, size: int, tag: str) -> None:
        """Feed messages over re-used loopback connections, each to a recipient of its own."""
        options = ["-d", "-N", "-s", str(SESSIONS), "-m", str(count), "-l", str(size), "-S", "Benchmark"]
        people = ["-f", f"bench@{TENANT_DOMAIN}", "-t", f"{tag}@{BULK_DOMAIN}"]
        self.node.run(["smtp-source", *options, *people, "127.0.0.1:10025"])


@contextmanager
def bare_node(lab: Lab) -> Iterator[Bare]:
    """Plug a node without a real agent into the lab's network, and pull it out again."""
    lab.network.add(Host(_PLAN.name, (_ADDRESS, _SENDING_ADDRESS)))
    lab.inside.prepare([_PLAN.name])
    node = Node(_PLAN, lab.home, lab.processes, lab.inside, agent=_agent())
    try:
        node.prepare(lab.authority)
        _write_inputs(node.directory / "etc-fleetpost")
        ready = node.directory / "lib-fleetpost" / READY
        ready.unlink(missing_ok=True)
        node.start()
        wait_until(ready.exists, f"the bare node is ready (see {node.logs}/agent.log)", seconds=_START_SECONDS)
        yield Bare(node)
    finally:
        node.stop()
        lab.network.drop(_PLAN.name)


def _agent() -> list[str]:
    files = [f"/etc/fleetpost/{name}" for name in ("agent.toml", "bare-node.json", "bare-keys.json")]
    return [sys.executable, "-m", "benchmarks.bare_agent", *files]


def _write_inputs(directory: Path) -> None:
    ips = tuple(
        wire.SendingIp(ip_id="ip", address=ip.address, hostname=ip.hostname, pool_id="pool") for ip in _PLAN.ips
    )
    node = wire.NodeItem(
        name=_PLAN.name, hostname=_PLAN.hostname, service_address=_PLAN.address, roles=_PLAN.roles, ips=ips
    )
    (directory / "bare-node.json").write_bytes(msgspec.json.encode(node))
    keys = {f"{TENANT_DOMAIN}/r": _pem(rsa.generate_private_key(65537, 2048))}
    keys[f"{TENANT_DOMAIN}/e"] = _pem(ed25519.Ed25519PrivateKey.generate())
    (directory / "bare-keys.json").write_text(json.dumps(keys))


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
