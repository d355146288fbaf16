"""Command lines that run inside one of the lab's hosts."""

import pwd
from collections.abc import Sequence
from pathlib import Path

from e2e.lab.namespaces import Network
from e2e.lab.plan import RESOLVER_ADDRESS

REPOSITORY = Path(__file__).resolve().parents[2]
VENV = Path(__file__).resolve().parents[2] / "var" / "venv"

_MOUNT = """\
mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"
"""


def as_user(user: str, argv: Sequence[str]) -> list[str]:
    """Drop from root to a user."""
    account = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--", *argv]


class Inside:
    """Wraps commands so that they run in a host's network, with its resolver and names."""

    def __init__(self, home: Path, network: Network) -> None:
        self._files = home / "etc"
        self._network = network

    def prepare(self, hosts: Sequence[str]) -> None:
        """Write the `resolv.conf` and `hosts` that each host sees."""
        self._files.mkdir(parents=True, exist_ok=True)
        self.resolv_conf.write_text(f"nameserver {RESOLVER_ADDRESS}\noptions timeout:2 attempts:3\n")
        for host in hosts:
            self.hosts_file(host).write_text(f"127.0.0.1 localhost {host}\n")

    @property
    def resolv_conf(self) -> Path:
        """The file that is /etc/resolv.conf in every host."""
        return self._files / "resolv.conf"

    def hosts_file(self, host: str) -> Path:
        """Locate the file that is a host's /etc/hosts."""
        return self._files / f"hosts.{host}"

    def network(self, host: str, argv: Sequence[str]) -> list[str]:
        """Enter a host's network and nothing else."""
        return ["nsenter", f"--net={self._network.path(host)}", "--", *argv]

    def host(self, host: str, argv: Sequence[str]) -> list[str]:
        """Enter a host's network, with its own /etc/resolv.conf and /etc/hosts."""
        files = [str(self.resolv_conf), str(self.hosts_file(host))]
        private = ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", _MOUNT, "sh", *files, *argv]
        return self.network(host, private)
