"""The lab's certificate authority for host names: Pebble, which has them proven as the real ones do.

What it issues hangs from a root that it makes anew each time it starts; `root` gives it to whoever is to trust it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from e2e.lab.authority import Authority
from e2e.lab.commands import run, wait_until
from e2e.lab.failures import LabError
from e2e.lab.inside import Inside
from e2e.lab.plan import CA_ADDRESS, CA_HOSTNAME, RESOLVER_ADDRESS
from e2e.lab.processes import Processes

PROCESS = "ca"
_HOST = "ca"
_PORT, _MANAGEMENT_PORT = 14000, 15000
_START_SECONDS = 20.0


@dataclass
class Pebble:
    """The authority on its own host."""

    home: Path
    processes: Processes
    inside: Inside
    authority: Authority

    def settings(self) -> dict[str, str]:
        """Give what the control plane is told of it; the platform's own names have theirs from the lab."""
        return {
            "FLEETPOST_ACME": f"https://{CA_HOSTNAME}:{_PORT}/dir",
            "FLEETPOST_ACME_CA_FILE": str(self.authority.certificate),
            "FLEETPOST_ACME_OWN_NAMES": "no",
        }

    def start(self, switches: Mapping[str, str] | None = None) -> None:
        """Start it with an empty memory; the switches are its own environment variables."""
        directory = self.home / "pebble"
        directory.mkdir(exist_ok=True)
        certificate, key = self.authority.issue(CA_HOSTNAME)
        settings = {
            "listenAddress": f"{CA_ADDRESS}:{_PORT}",
            "managementListenAddress": f"{CA_ADDRESS}:{_MANAGEMENT_PORT}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": 80,
            "tlsPort": 443,
        }
        (directory / "config.json").write_bytes(msgspec.json.encode({"pebble": settings}))
        argv = ["pebble", "-config", str(directory / "config.json"), "-dnsserver", f"{RESOLVER_ADDRESS}:53"]
        quick = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "5"}
        path = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.processes.start(PROCESS, self.inside.host(_HOST, argv), env={**path, **quick, **(switches or {})})
        wait_until(self._answers, f"the authority answers (see {self.processes.log(PROCESS)})", seconds=_START_SECONDS)

    def stop(self) -> None:
        """End it, and all that it knew."""
        self.processes.stop(PROCESS)

    def root(self) -> str:
        """Give the root that its certificates hang from, as PEM."""
        return self._fetch(f"https://{CA_HOSTNAME}:{_MANAGEMENT_PORT}/roots/0")

    def _answers(self) -> bool:
        try:
            return "newOrder" in self._fetch(f"https://{CA_HOSTNAME}:{_PORT}/dir")
        except LabError:
            return False

    def _fetch(self, url: str) -> str:
        argv = ["curl", "--silent", "--fail", "--cacert", str(self.authority.certificate), url]
        return run(self.inside.host(_HOST, argv), name=f"curl {url}")
