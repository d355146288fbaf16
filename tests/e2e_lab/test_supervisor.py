"""A node's supervisor starts what is ready, restarts what dies, and ends all of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.lab.commands import wait_until

_PROGRAM = """
import sys
from pathlib import Path
from e2e.lab import supervisor
supervisor.LOGS = Path(sys.argv[1])
supervisor.SERVICES = Path(sys.argv[1], "services.json")
with_worker = ["sh", "-c", f"sleep 60 & echo $! >> {sys.argv[1]}/workers; echo started; wait"]
sleeper = ["sh", "-c", "echo started; exec sleep 60"]
supervisor.Supervisor([
    supervisor.Service("agent", sleeper, None),
    supervisor.Service("postfix", sleeper, Path(sys.argv[1], "ready")),
    supervisor.Service("rspamd", with_worker, Path(sys.argv[1], "ready"), alone=True),
]).run()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, str(tmp_path)]) as process:
        yield process
        process.kill()


def starts(tmp_path: Path, name: str) -> int:
    log = tmp_path / f"{name}.log"
    return log.read_text().count("started") if log.exists() else 0


def pids(tmp_path: Path) -> dict[str, int]:
    written = tmp_path / "services.json"
    services: dict[str, int] = json.loads(written.read_text()) if written.exists() else {}
    return services


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_only_what_is_ready_is_started(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wait_until(lambda: starts(tmp_path, "agent"), "the agent starts", seconds=10)
    assert starts(tmp_path, "postfix") == 0
    (tmp_path / "ready").touch()
    wait_until(lambda: starts(tmp_path, "postfix"), "Postfix starts", seconds=10)
    assert supervisor.poll() is None


def test_what_was_killed_starts_again(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wait_until(lambda: starts(tmp_path, "agent"), "the agent starts", seconds=10)
    for child in children(supervisor.pid):
        os.kill(child, signal.SIGKILL)
    wait_until(lambda: starts(tmp_path, "agent") == 2, "the agent starts again", seconds=10)


def test_the_workers_of_a_killed_service_do_not_outlive_it(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ready").touch()
    wait_until(lambda: "rspamd" in pids(tmp_path) and starts(tmp_path, "rspamd"), "Rspamd starts", seconds=10)
    os.kill(pids(tmp_path)["rspamd"], signal.SIGKILL)
    wait_until(lambda: starts(tmp_path, "rspamd") == 2, "Rspamd starts again", seconds=10)
    former, present = (tmp_path / "workers").read_text().split()
    assert not _lives(former)
    assert _lives(present)


def _lives(pid: str) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_end_is_everybodys_end(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ready").touch()
    wait_until(lambda: starts(tmp_path, "agent") and starts(tmp_path, "postfix"), "both start", seconds=10)
    started = children(supervisor.pid)
    supervisor.terminate()
    assert supervisor.wait(10) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
