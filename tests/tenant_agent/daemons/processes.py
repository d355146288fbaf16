"""Starts a daemon in the foreground, waits until it serves, and ends it with all its children."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 20.0


@contextmanager
def running(
    command: Sequence[str],
    is_up: Callable[[], bool],
    log: Path,
    *,
    ended_by: signal.Signals = signal.SIGTERM,
    within_seconds: float = _PATIENCE_SECONDS,
) -> Iterator[None]:
    """Run a command until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _wait_until(is_up, process, log, within_seconds)
            yield
        finally:
            process.send_signal(ended_by)
            process.wait(timeout=_PATIENCE_SECONDS)
            with_group_ended(process.pid)


def with_group_ended(group: int) -> None:
    """End what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether somebody answers on a port."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def eventually(condition: Callable[[], bool], *, within_seconds: float = 5.0) -> bool:
    """Say whether a condition comes to hold in time."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)  # a condition is polled
    return True


def _wait_until(
    is_up: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path, within_seconds: float
) -> None:
    deadline = time.monotonic() + within_seconds
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not serve:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)  # a condition is polled
