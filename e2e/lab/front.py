"""The web front of the lab: the platform's own, in the control plane's network, where it may open low ports."""

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2e.lab.authority import Authority
from e2e.lab.inside import REPOSITORY, VENV, Inside
from e2e.lab.plan import CONTROL_HOSTNAME, CONTROL_PORT
from e2e.lab.processes import Processes
from e2e.lab.shelter import sheltered

PROCESS = "front"
_CAPABILITY = "+net_bind_service"


@dataclass
class Front:
    """HAProxy and what drives it, as the user of the control plane."""

    home: Path
    user: str
    processes: Processes
    inside: Inside
    authority: Authority

    def start(self, settings: Mapping[str, str]) -> None:
        """Start it with the control plane's settings; it needs nothing that runs."""
        self._prepare()
        account = pwd.getpwnam(self.user)
        rights = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        rights += [f"--inh-caps={_CAPABILITY}", f"--ambient-caps={_CAPABILITY}"]
        argv = ["setpriv", *rights, "--", str(VENV / "bin" / "python"), "-m", "control_plane.front"]
        needs = [REPOSITORY, VENV, self._directory, Path(sys.base_prefix)]
        inside = self.inside.host("ctl", sheltered(argv, needs=needs, directory=REPOSITORY))
        self.processes.start(PROCESS, inside, env={**settings, **self._options()})

    def _options(self) -> dict[str, str]:
        return {
            "FLEETPOST_FRONT_HOME": str(self._directory),
            "FLEETPOST_FRONT_CERTIFICATE": str(self._certificate),
            "FLEETPOST_FRONT_WEB": f"127.0.0.1:{CONTROL_PORT}",
        }

    @property
    def _directory(self) -> Path:
        return self.home / "front"

    @property
    def _certificate(self) -> Path:
        return self._directory / "own.pem"

    def _prepare(self) -> None:
        """Lay the installation's own certificate where that user can read it."""
        account = pwd.getpwnam(self.user)
        self._directory.mkdir(exist_ok=True)
        certificate, key = self.authority.issue(CONTROL_HOSTNAME)
        self._certificate.touch(mode=0o600)
        self._certificate.write_text(certificate.read_text() + key.read_text())
        for path in (self._directory, self._certificate):
            os.chown(path, account.pw_uid, account.pw_gid)
