"""The lab's network: one bridge in a namespace of its own, one namespace per host, and nothing in the machine's own."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.lab.commands import run
from e2e.lab.plan import PREFIX_BITS, Host
from e2e.lab.processes import kill_all

_RUN = Path("/run/netns")
_SWITCH = "switch"


@dataclass(frozen=True)
class Network:
    """The namespaces of one state, told from others by their prefix."""

    prefix: str

    def namespace(self, host: str) -> str:
        """Name a host's namespace."""
        return f"{self.prefix}-{host}"

    def path(self, host: str) -> Path:
        """Locate a host's namespace as a file."""
        return _RUN / self.namespace(host)

    def create(self, hosts: Sequence[Host]) -> None:
        """Lay the bridge and plug every host in."""
        switch = self.namespace(_SWITCH)
        run(["ip", "netns", "add", switch])
        self._batch(_SWITCH, ["link set lo up", "link add br0 type bridge", "link set br0 up"])
        for host in hosts:
            self._plug(host)

    def add(self, host: Host) -> None:
        """Plug one more host into a network that is there; one of its name that was left behind goes first."""
        self.drop(host.name)
        self._plug(host)

    def drop(self, name: str) -> None:
        """End what still runs on one host, and pull it out."""
        if self.path(name).exists():
            self._remove(self.namespace(name))

    def _plug(self, host: Host) -> None:
        namespace = self.namespace(host.name)
        run(["ip", "netns", "add", namespace])
        self._batch(
            _SWITCH,
            [
                f"link add {host.name} type veth peer name eth0 netns {namespace}",
                f"link set {host.name} master br0 up",
            ],
        )
        addresses = [f"address add {address}/{PREFIX_BITS} dev eth0" for address in host.addresses]
        self._batch(host.name, ["link set lo up", *addresses, "link set eth0 up"])

    def _batch(self, host: str, lines: Sequence[str]) -> None:
        run(["ip", "-n", self.namespace(host), "-batch", "-"], text="\n".join(lines) + "\n")

    def present(self) -> list[str]:
        """List the namespaces of this state that exist."""
        if not _RUN.is_dir():
            return []
        return sorted(entry.name for entry in _RUN.iterdir() if entry.name.startswith(f"{self.prefix}-"))

    def remove(self) -> None:
        """End whatever still runs in this state's namespaces, and remove them."""
        for namespace in self.present():
            self._remove(namespace)

    def _remove(self, namespace: str) -> None:
        kill_all(_inhabitants(_RUN / namespace))
        run(["ip", "netns", "delete", namespace])


def _inhabitants(namespace: Path) -> list[int]:
    """List the processes inside, as `ip netns pids` does, but tolerant of those that end meanwhile."""
    inode = namespace.stat()
    processes = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [int(process.name) for process in processes if _lives_in(process, inode)]


def _lives_in(process: Path, namespace: os.stat_result) -> bool:
    try:
        return os.path.samestat((process / "ns" / "net").stat(), namespace)
    except OSError:
        return False
