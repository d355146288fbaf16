"""What a state directory remembers from one `up` to the next: ports, credentials and the tenant's passwords."""

import os
import secrets
import socket
from pathlib import Path

import msgspec

from e2e.lab.plan import NodePlan

_LOWEST_PORT, _HIGHEST_PORT = 20000, 31999  # below the ephemeral range, where outgoing connections collide
_TRIES = 200
_NODE_PORTS = {"smtp": 25, "smtps": 465, "submission": 587, "imap": 143, "imaps": 993, "sieve": 4190}
_PREFERRED = {"api": 8000, "outside": 8090, "http": 8080, "https": 8443}


class Credentials(msgspec.Struct, frozen=True):
    """What `fleetpost bootstrap` gives once."""

    operator_key: str
    tenant_key: str
    tenant_id: str
    portal_user: str
    portal_password: str


class State(msgspec.Struct):
    """The contents of `state.json`, readable by root only."""

    nodes: int = 2
    ports: dict[str, int] = {}
    credentials: Credentials | None = None
    mailbox_password: str = msgspec.field(default_factory=lambda: secrets.token_urlsafe(12))
    webhook_secret: str | None = None
    settled: bool = False
    """The last `up` came to its end."""


def load(home: Path) -> State:
    """Read the state, or begin a new one."""
    path = home / "state.json"
    return msgspec.json.decode(path.read_bytes(), type=State) if path.exists() else State()


def save(home: Path, state: State) -> None:
    """Replace the file at once."""
    fresh = home / "state.json.new"
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(state)))
    fresh.replace(home / "state.json")


def node_ports(node: NodePlan) -> dict[str, int]:
    """List what a node listens on: mail in on mx nodes, people's ports where mailboxes are."""
    people = {name: port for name, port in _NODE_PORTS.items() if name != "smtp"}
    mx = {"smtp": _NODE_PORTS["smtp"]} if "mx" in node.roles else {}
    return {**mx, **(people if "mailbox" in node.roles else {})}


def wanted_ports(nodes: tuple[NodePlan, ...]) -> list[str]:
    """Name every port that the lab wants on the machine's loopback."""
    return [*_PREFERRED, *(f"{node.name}.{name}" for node in nodes for name in node_ports(node))]


def choose_ports(kept: dict[str, int], wanted: list[str]) -> dict[str, int]:
    """Keep the ports of the last time as long as they are free; give the others new ones."""
    chosen: dict[str, int] = {}
    for name in wanted:
        preferred = kept.get(name) or _PREFERRED.get(name)
        chosen[name] = preferred if preferred and _is_free(preferred) else _find_free(set(chosen.values()))
    return chosen


def _find_free(taken: set[int]) -> int:
    for _ in range(_TRIES):
        port = _LOWEST_PORT + secrets.randbelow(_HIGHEST_PORT - _LOWEST_PORT)
        if port not in taken and _is_free(port):
            return port
    raise OSError("no free port was found on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def default_home(repository: Path) -> Path:
    """Find the state directory: `FLEETPOST_HOME`, else `var` in the repository."""
    return Path(os.environ.get("FLEETPOST_HOME") or repository / "var").resolve()
