"""Postfix's own `smtp-sink` as the other server: it keeps each mail in a file, so copies can be counted."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import BULK_ADDRESS

_RECIPIENT = re.compile(rb"^X-Rcpt-Args: <([^>]*)>", re.MULTILINE)
_START_SECONDS = 10.0
_BACKLOG = "1000"
_USER = "nobody"


class Sink:
    """A running sink and what it has got."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def count(self) -> int:
        """Count the mails that came in."""
        return len(os.listdir(self._directory))  # noqa: PTH208  ten thousand paths would be made to be counted

    def copies(self) -> Counter[str]:
        """Count the copies that each recipient got."""
        files = self._directory.iterdir()
        return Counter(found.decode() for file in files for found in _RECIPIENT.findall(file.read_bytes()))


@contextmanager
def sink(lab: Lab) -> Iterator[Sink]:
    """Run a sink at the lab's address for measurements; its files lie in memory and are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="fleetpost-sink-", dir="/dev/shm"))
    shutil.chown(directory, _USER)
    argv = ["smtp-sink", "-u", _USER, "-d", f"{directory}/mail.", f"{BULK_ADDRESS}:25", _BACKLOG]
    process = subprocess.Popen(lab.inside.network("outside", argv))
    try:
        wait_until(lambda: _listens(lab), "the sink listens", seconds=_START_SECONDS, alive=lambda: _alive(process))
        yield Sink(directory)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(directory)


def _listens(lab: Lab) -> bool:
    probe = ["bash", "-c", f"exec 3<>/dev/tcp/{BULK_ADDRESS}/25"]
    return subprocess.run(lab.inside.network("outside", probe), check=False, stderr=subprocess.DEVNULL).returncode == 0


def _alive(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        raise RuntimeError(f"smtp-sink ended with {process.returncode}: does something else listen on port 25?")
