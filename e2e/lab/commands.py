"""Run the machine's own tools, and wait for conditions."""

import itertools
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from e2e.lab.failures import LabError

_PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2)
_LONGEST_PAUSE_SECONDS = 2.0
_REST_PER_LOOK = 4.0
"""How many times as long as the last look took nothing is asked: what is waited for needs the processors itself."""

Found = TypeVar("Found")


def run(
    argv: Sequence[str], *, name: str | None = None, text: str | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a command to its end and give what it printed; raise `LabError` with its complaint if it fails.

    `name` is what a human would call the command, when it is wrapped up in others.
    """
    done = subprocess.run(argv, input=text, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr.strip() or done.stdout.strip() or "no output")[-2000:]
        raise LabError(f"`{name or ' '.join(argv)}` failed with status {done.returncode}: {complaint}")
    return done.stdout


def wait_until(
    find: Callable[[], Found | None], what: str, *, seconds: float, alive: Callable[[], object] = bool
) -> Found:
    """Poll until `find` gives something; `alive` may raise early when waiting has become pointless."""
    deadline = time.monotonic() + seconds
    pauses = itertools.chain(_PAUSES_SECONDS, itertools.repeat(_PAUSES_SECONDS[-1]))
    while True:
        began = time.monotonic()
        found = find()
        if found:
            return found
        looked = time.monotonic()
        if looked > deadline:
            raise LabError(f"waited {seconds:.0f} s in vain: {what}")
        alive()
        time.sleep(max(next(pauses), min(_REST_PER_LOOK * (looked - began), _LONGEST_PAUSE_SECONDS)))
