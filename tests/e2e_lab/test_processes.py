"""Long-running processes are found again, ended, and never mistaken for others."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from e2e.lab.processes import Processes, Record, is_alive, wait_gone

_STUBBORN = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    for name in started.names():
        started.stop(name, seconds=0)


def test_a_started_process_is_found_by_another_command_and_can_be_stopped(processes: Processes, tmp_path: Path) -> None:
    record = processes.start("sleeper", ["sleep", "60"])
    assert Processes(tmp_path).find("sleeper") == record
    Processes(tmp_path).stop("sleeper")
    assert not is_alive(record)
    assert processes.names() == []


def test_a_process_that_ignores_the_polite_signal_is_killed(processes: Processes) -> None:
    record = processes.start("stubborn", _STUBBORN)
    processes.stop("stubborn", seconds=0.1)
    assert not is_alive(record)


def test_a_process_that_got_the_pid_later_is_left_alone(processes: Processes, tmp_path: Path) -> None:
    record = processes.start("sleeper", ["sleep", "60"])
    path = tmp_path / "processes" / "sleeper.json"
    path.write_bytes(msgspec.json.encode(Record(record.pid, record.start_ticks - 1)))
    processes.stop("sleeper")
    assert is_alive(record)
    os.kill(record.pid, 9)
    wait_gone(record.pid, 5)


def test_what_a_process_prints_is_kept(processes: Processes) -> None:
    record = processes.start("speaker", ["sh", "-c", "echo out; echo error >&2"])
    wait_gone(record.pid, 5)
    assert processes.log("speaker").read_text() == "out\nerror\n"
