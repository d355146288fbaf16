"""The control plane of the lab: Postgres and Valkey, the web processes and the worker, as an unprivileged user."""

import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from e2e.lab import databases
from e2e.lab.authority import Authority
from e2e.lab.commands import run
from e2e.lab.dns import Dns
from e2e.lab.inside import REPOSITORY, VENV, Inside, as_user
from e2e.lab.pebble import Pebble
from e2e.lab.plan import AUTHORITY_ADDRESS, CONTROL_PORT, PLATFORM_ZONE, PREFIX_BITS, SITE_HOSTNAME, NodePlan
from e2e.lab.processes import Processes
from e2e.lab.shelter import sheltered
from e2e.lab.state import Credentials

USER = "fleetpost"
OPERATOR_EMAIL = "operator@fleetpost.test"
PROCESS = "control"

_STOP_SECONDS = 15.0
_LAB_NETWORK = f"10.77.0.0/{PREFIX_BITS}"


class NodeToken(msgspec.Struct, frozen=True):
    """What `fleetpost node add` prints; no token for a node that has enrolled."""

    node_id: str
    enrolment_token: str | None = None


@dataclass
class ControlPlane:
    """Everything central."""

    home: Path
    processes: Processes
    inside: Inside
    authority: Authority
    dns: Dns
    ca: Pebble
    public_url: str

    @property
    def _secrets_file(self) -> Path:
        return self.home / "secrets.env"

    def start_databases(self) -> None:
        """Start what `DATABASE_URL` and `REDIS_URL` do not name, and remember where all of it is."""
        printed = self._embedded("start")
        (self.home / "databases.json").write_text(printed)
        (self.home / "databases.json").chmod(0o600)

    def stop_databases(self) -> None:
        """Stop what `start_databases` started."""
        self._embedded("stop")

    def _embedded(self, command: str) -> str:
        argv = [sys.executable, "-m", "control_plane.embedded", command, "--home", str(self.home)]
        return run(self._sheltered(argv), name=" ".join(argv), env=self._environment_for_tools())

    def environment(self) -> dict[str, str]:
        """Give the settings of every process of the control plane."""
        return {
            **self._environment_for_tools(),
            **databases.redirect(self.database_urls()),
            **self._secrets(),
            "FLEETPOST_PUBLIC_URL": self.public_url,
            "FLEETPOST_BLOBS": str(self._blobs),
            "FLEETPOST_SITE_HOST": SITE_HOSTNAME,
            "FLEETPOST_EGRESS_ALLOW": _LAB_NETWORK,
            "FLEETPOST_ZONE": PLATFORM_ZONE,
            "FLEETPOST_ZONE_SERVER": AUTHORITY_ADDRESS,
            "FLEETPOST_ZONE_KEY": self.dns.zone_key,
            **self.ca.settings(),
            "PICCOLO_CONF": "control_plane.piccolo_conf",
            "SSL_CERT_FILE": str(self.authority.bundle),
            "HOST": "0.0.0.0",  # its own namespace's
            "PORT": str(CONTROL_PORT),
        }

    def database_urls(self) -> dict[str, str]:
        """Give where the databases are, as seen from the machine."""
        return msgspec.json.decode((self.home / "databases.json").read_bytes(), type=dict[str, str])

    def _environment_for_tools(self) -> dict[str, str]:
        passed_on = ("DATABASE_URL", "FLEETPOST_FLEET_DATABASE_URL", "FLEETPOST_OWNER_DATABASE_URL", "REDIS_URL")
        given = {name: os.environ[name] for name in passed_on if name in os.environ}
        path = f"{VENV / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "LANG": "C.UTF-8", "HOME": str(self.home), "PYTHONUNBUFFERED": "1", **given}

    def _secrets(self) -> dict[str, str]:
        if not self._secrets_file.exists():
            self._make_secrets()
        pairs = (line.partition("=") for line in self._secrets_file.read_text().splitlines() if line)
        return {name: value for name, _, value in pairs}

    def _make_secrets(self) -> None:
        from control_plane.core.crypto import new_vault_key

        self._secrets_file.touch(mode=0o600)
        made = {"FLEETPOST_VAULT_KEYS": new_vault_key("first"), "FLEETPOST_SESSION_SECRET": secrets.token_hex(32)}
        self._secrets_file.write_text("".join(f"{name}={value}\n" for name, value in made.items()))

    def _sheltered(self, argv: Sequence[str]) -> list[str]:
        needs = [REPOSITORY, VENV, self.home, Path(sys.base_prefix)]
        return sheltered(argv, needs=needs, directory=REPOSITORY)

    def _inside(self, argv: Sequence[str]) -> list[str]:
        return self.inside.host("ctl", self._sheltered(as_user(USER, argv)))

    def fleetpost(self, *arguments: str) -> str:
        """Run the operator's command line and give what it printed."""
        argv = self._inside([str(VENV / "bin" / "fleetpost"), *arguments])
        return run(argv, name=f"fleetpost {' '.join(arguments)}", env=self.environment())

    def migrate(self) -> None:
        """Bring the database's schema up to date."""
        self.fleetpost("migrate")

    def bootstrap(self) -> Credentials | None:
        """Make the operator and the first tenant; None when they exist."""
        printed = self.fleetpost("bootstrap", "--operator-email", OPERATOR_EMAIL, "--json").strip()
        return msgspec.json.decode(printed, type=Credentials) if "operator_key" in printed else None

    def add_node(self, node: NodePlan) -> NodeToken:
        """Announce a node, or find it."""
        roles = [word for role in node.roles for word in ("--role", role)]
        ips = [word for ip in node.ips for word in ("--ip", f"{ip.address}={ip.pool}={ip.hostname}")]
        options = ["--hostname", node.hostname, "--service-address", node.address, *roles, *ips, "--json"]
        return msgspec.json.decode(self.fleetpost("node", "add", node.name, *options), type=NodeToken)

    @property
    def _blobs(self) -> Path:
        return self.home / "blobs"

    def start(self) -> None:
        """Start web and worker."""
        self._blobs.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(self._blobs, USER)
        procfile = [str(VENV / "bin" / "honcho"), "start", "--no-colour", "-f", str(REPOSITORY / "Procfile")]
        argv = self._inside([*procfile, "-p", str(CONTROL_PORT), "web", "worker"])
        self.processes.start(PROCESS, argv, env=self.environment())

    def stop(self) -> None:
        """Stop web and worker; the databases stay."""
        self.processes.stop(PROCESS, seconds=_STOP_SECONDS)
