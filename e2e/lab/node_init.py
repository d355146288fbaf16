"""The first steps inside a node: its own directories over the real paths, its own names, then the supervisor.

`python -m e2e.lab.node_init FILE HOSTNAME SUPERVISOR…`; the file maps directories and files (JSON) to the paths that
they are mounted on. Runs in fresh mount, uts, ipc and pid namespaces, so nothing of it is seen outside.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _there(target: Path) -> Path:
    """Follow a link into the new, empty /run: that is where systemd's /etc/resolv.conf leads."""
    real = target.resolve()
    if not real.exists():
        real.parent.mkdir(parents=True, exist_ok=True)
        real.touch()
    return real


def main() -> None:
    """Furnish the node and become its supervisor."""
    furniture, hostname, *supervisor = sys.argv[1:]
    _mount("--make-rprivate", "/")
    socket.sethostname(hostname)
    mounts: dict[str, str] = json.loads(Path(furniture).read_text())
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    for target, source in mounts.items():
        _mount("--bind", source, str(_there(Path(target))))
    for directory in ("fleetpost", "lock"):
        Path("/run", directory).mkdir(mode=0o755)
    os.umask(0o022)
    os.execvp(supervisor[0], supervisor)


if __name__ == "__main__":
    main()
