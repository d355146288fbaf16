"""The first process of a node, in systemd's place: starts services once the agent has made them ready, and ends them.

Nothing but the standard library: it is process 1 of the node's pid namespace, `python -m e2e.lab.supervisor AGENT…`.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

READY = Path("/var/lib/fleetpost/ready")
LOGS = Path("/var/log")
AGENT = "agent"
SERVICES = Path("/run/services.json")

_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
_LOOK_SECONDS = 0.1
_BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 10.0
_STOP_SECONDS = 5.0

# What its unit does, but without a shell that stays between us and Postfix's master and takes our signals.
_POSTFIX = """
touch /var/log/mail.log && chown postfix /var/log/mail.log && postfix check &&
  exec "$(postconf -h daemon_directory)/master" -s
"""


@dataclass
class Service:
    """One daemon; `marker` is None when it always runs."""

    name: str
    argv: Sequence[str]
    marker: Path | None
    alone: bool = False
    """Nothing of a former life may be left when it starts again: its workers would keep its ports."""
    pid: int | None = None
    started_at: float = 0.0
    not_before: float = 0.0
    failures: int = 0

    @property
    def due(self) -> bool:
        """Should it run, does not, and has waited long enough?"""
        wanted = self.marker is None or self.marker.exists()
        return wanted and self.pid is None and time.monotonic() >= self.not_before

    def start(self) -> None:
        """Start the daemon with its output in `/var/log/NAME.log`."""
        log = str(LOGS / f"{self.name}.log")
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        # Neither what we block nor what Python ignores may reach the daemon.
        self.pid = os.posix_spawnp(
            self.argv[0],
            list(self.argv),
            os.environ,
            file_actions=actions,
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )
        self.started_at = time.monotonic()

    def ended(self) -> None:
        """Note the end and when to start again: the longer, the more often it died young."""
        if self.alone and self.pid is not None:
            _end_session(self.pid)
        self.pid = None
        now = time.monotonic()
        self.failures = 0 if now - self.started_at > _STEADY_SECONDS else self.failures + 1
        self.not_before = now + _BACKOFF_SECONDS[min(self.failures, len(_BACKOFF_SECONDS) - 1)]

    def tell(self, number: signal.Signals) -> None:
        """Send a signal if it runs."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _end_session(leader: int) -> None:
    """Kill what a dead service has left, as systemd does with its control group."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _, _, _, session, *_ = stat.read_text().rpartition(")")[2].split()
            if int(session) == leader:
                os.kill(int(stat.parent.name), signal.SIGKILL)


def services(agent: Sequence[str]) -> list[Service]:
    """List what runs on a node, in the order of starting."""
    rspamd = ["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c"]
    return [
        Service(AGENT, agent, None),
        Service("redis", ["redis-server", "/etc/fleetpost/redis.conf"], READY / "redis"),
        Service(
            "rspamd-outbound",
            [*rspamd, "/etc/fleetpost/rspamd-outbound/rspamd.conf"],
            READY / "rspamd-outbound",
            alone=True,
        ),
        Service("rspamd", [*rspamd, "/etc/rspamd/rspamd.conf"], READY / "rspamd", alone=True),
        Service("postfix", ["sh", "-c", _POSTFIX], READY / "postfix"),
        Service("dovecot", ["dovecot", "-F"], READY / "dovecot"),
    ]


class Supervisor:
    """Starts, restarts and stops; reaps every orphan of the node."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services

    def run(self) -> None:
        """Work until SIGTERM."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        while not self._asked_to_stop():
            self._reap()
            for service in self._services:
                if service.due:
                    service.start()
                    self._write_down()
        self._stop()

    def _write_down(self) -> None:
        """Tell who is who: daemons that set their own title cannot be told by anything else."""
        SERVICES.write_text(json.dumps({service.name: service.pid for service in self._services if service.pid}))

    def _asked_to_stop(self) -> bool:
        received = signal.sigtimedwait(_SIGNALS, _LOOK_SECONDS)
        return received is not None and received.si_signo != signal.SIGCHLD

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                for service in self._services:
                    if service.pid == pid:
                        service.ended()

    def _stop(self) -> None:
        """Agent first, so that it does not see its daemons die, then all daemons at once."""
        agents = [service for service in self._services if service.name == AGENT]
        daemons = [service for service in self._services if service.name != AGENT]
        for group in (agents, daemons):
            for service in group:
                service.tell(signal.SIGTERM)
            self._wait(lambda group=group: all(service.pid is None for service in group))  # type: ignore[misc]

    def _wait(self, over: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        while not over() and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, _LOOK_SECONDS)
            self._reap()


if __name__ == "__main__":
    Supervisor(services(sys.argv[1:])).run()
