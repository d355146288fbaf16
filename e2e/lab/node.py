"""A fleet node: its directories, which outlive it, and the namespaces that it runs in."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from e2e.lab.authority import Authority
from e2e.lab.commands import run
from e2e.lab.failures import LabError
from e2e.lab.inside import VENV, Inside
from e2e.lab.plan import CONTROL_URL, NodePlan
from e2e.lab.processes import Processes, children
from e2e.lab.supervisor import SERVICES

_AGENT_CONFIGURATION = """\
control_url = "{control_url}"
ca_file = "/etc/fleetpost/ca.pem"
enrolment_token_file = "/etc/fleetpost/enrolment-token"
state_directory = "/var/lib/fleetpost"
tls_certificate = "/etc/fleetpost/tls/cert.pem"
tls_key = "/etc/fleetpost/tls/key.pem"
relay_ca_file = "/etc/fleetpost/ca.pem"
egress_allow = ["10.77.0.0/16"]
"""

# The node's folder, the real path that it is mounted on, and its owner.
_DIRECTORIES = (
    ("etc-postfix", "/etc/postfix", "root"),
    ("etc-dovecot", "/etc/dovecot", "root"),
    ("etc-rspamd", "/etc/rspamd", "root"),
    ("etc-fleetpost", "/etc/fleetpost", "root"),
    ("spool-postfix", "/var/spool/postfix", "root"),
    ("lib-postfix", "/var/lib/postfix", "postfix"),
    ("lib-rspamd", "/var/lib/rspamd", "_rspamd"),
    ("lib-dovecot", "/var/lib/dovecot", "root"),
    ("lib-fleetpost", "/var/lib/fleetpost", "root"),
    ("vmail", "/var/vmail", "root"),
    ("log", "/var/log", "root"),
)
PACKAGES = "/etc/fleetpost/packages"
"""What is put there is installed beside the agent, on this node only, from its next start on."""
_AGENT = (
    "env",
    f"PYTHONPATH={PACKAGES}",
    str(VENV / "bin" / "fleetpost-agent"),
    "run",
    "--config",
    "/etc/fleetpost/agent.toml",
)
_STOCK = ("/etc/postfix", "/etc/dovecot", "/etc/rspamd")
_STOP_SECONDS = 15.0
_FRESH_NAMESPACES = ["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]


@dataclass
class Node:
    """One node of the lab."""

    plan: NodePlan
    home: Path
    processes: Processes
    inside: Inside
    agent: Sequence[str] = _AGENT
    """What runs as the agent; benchmarks put something else there."""

    @property
    def directory(self) -> Path:
        """All that the node keeps."""
        return self.home / "nodes" / self.plan.name

    @property
    def logs(self) -> Path:
        """The node's /var/log."""
        return self.directory / "log"

    @property
    def _token_file(self) -> Path:
        return self.directory / "etc-fleetpost" / "enrolment-token"

    def prepare(self, authority: Authority) -> None:
        """Furnish the directories: once with Debian's own files, each time with names and certificates."""
        for folder, path, owner in _DIRECTORIES:
            self._furnish(self.directory / folder, Path(path), owner)
        tls = self.directory / "etc-fleetpost" / "tls"
        tls.mkdir(exist_ok=True)
        names = (self.plan.hostname, *(ip.hostname for ip in self.plan.ips))
        mx = ("mx.fleetpost.test",) if "mx" in self.plan.roles else ()
        for source, name in zip(authority.issue(*names, *mx), ("cert.pem", "key.pem"), strict=True):
            shutil.copy(source, tls / name)
        (self.directory / "hosts").write_text(
            f"127.0.0.1 localhost\n{self.plan.address} {self.plan.hostname} {self.plan.name}\n"
        )
        (self.directory / "hostname").write_text(f"{self.plan.hostname}\n")
        self._configure_agent(authority)

    def _furnish(self, mine: Path, real: Path, owner: str) -> None:
        real.mkdir(parents=True, exist_ok=True)
        if mine.exists():
            return
        stock = str(real) in _STOCK
        if stock:
            shutil.copytree(real, mine, symlinks=True)
        else:
            mine.mkdir(parents=True)
        account = pwd.getpwnam(owner)
        os.chown(mine, account.pw_uid, account.pw_gid)
        mine.chmod(real.stat().st_mode & 0o777 if stock or owner != "root" else 0o755)

    def _configure_agent(self, authority: Authority) -> None:
        etc = self.directory / "etc-fleetpost"
        shutil.copy(authority.certificate, etc / "ca.pem")
        (etc / "agent.toml").write_text(_AGENT_CONFIGURATION.format(control_url=CONTROL_URL))

    def give_token(self, token: str) -> None:
        """Lay the one-time enrolment token where the agent looks for it."""
        self._token_file.touch(mode=0o600)
        self._token_file.write_text(token)

    def _furniture(self) -> dict[str, str]:
        files = {
            "/etc/hosts": self.directory / "hosts",
            "/etc/hostname": self.directory / "hostname",
            "/etc/resolv.conf": self.inside.resolv_conf,
        }
        directories = {path: self.directory / folder for folder, path, _ in _DIRECTORIES}
        return {target: str(source) for target, source in {**files, **directories}.items() if Path(target).exists()}

    def start(self) -> None:
        """Start the node: its supervisor, which starts the agent, which makes the daemons ready."""
        furniture = self.directory / "mounts.json"
        furniture.write_text(json.dumps(self._furniture()))
        python = sys.executable
        supervisor = [python, "-m", "e2e.lab.supervisor", *self.agent]
        init = [python, "-m", "e2e.lab.node_init", str(furniture), self.plan.hostname, *supervisor]
        # The network comes last: /run/netns is gone once the node has its own /run.
        entered = ["unshare", *_FRESH_NAMESPACES, "--", *self.inside.network(self.plan.name, init)]
        self.processes.start(self.plan.name, entered)

    def stop(self) -> None:
        """End the node in order; what it keeps stays."""
        self.processes.stop(self.plan.name, seconds=_STOP_SECONDS, ask=self._supervisor())

    def _supervisor(self) -> int | None:
        record = self.processes.find(self.plan.name)
        return next(iter(children(record.pid)), None) if record else None

    @property
    def pid(self) -> int:
        """The supervisor's pid as the machine sees it."""
        found = self._supervisor()
        if found:
            return found
        raise LabError(f"node {self.plan.name} does not run: start it with scripts/up")

    def enter(self, argv: Sequence[str]) -> list[str]:
        """Wrap a command so that it runs inside the node."""
        # The root is entered too: without it, whoever comes out of a chroot lands outside of it.
        namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid"]
        return ["nsenter", "--target", str(self.pid), *namespaces, "--root", "--wd", "--", *argv]

    def run(self, argv: Sequence[str]) -> str:
        """Run a command inside the node and give what it printed."""
        return run(self.enter(argv))

    def service_pid(self, name: str) -> int | None:
        """Give a service's pid as the machine sees it; None when it does not run."""
        written = Path(f"/proc/{self.pid}/root{SERVICES}")
        services: dict[str, int] = json.loads(written.read_text()) if written.exists() else {}
        return next((child for child in children(self.pid) if _pid_inside(child) == services.get(name)), None)

    def kill(self, name: str) -> None:
        """Kill a service as a fault would: with -9."""
        found = self.service_pid(name)
        if found is None:
            raise LabError(f"{name} does not run on {self.plan.name}: see {self.logs / name}.log")
        with suppress(ProcessLookupError):
            os.kill(found, signal.SIGKILL)

    def log_lines(self, name: str) -> Iterator[str]:
        """Read one of the node's logs, such as `mail` or `agent`."""
        path = self.logs / f"{name}.log"
        return iter(path.read_text(errors="replace").splitlines() if path.exists() else [])


def _pid_inside(pid: int) -> int:
    """Give a process's pid as its own pid namespace counts (proc(5), NSpid)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return 0


def open_shell(node: Node) -> int:
    """Give a human a shell inside the node."""
    return subprocess.run(node.enter(["bash"]), check=False).returncode
