"""Lets an unprivileged user read a repository that lies in somebody's closed home directory.

Debian makes home directories 0700. Nothing is opened up for that: a process's private mount namespace gets an empty
directory in place of the closed one, in which only the needed folders appear.
"""

import shlex
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

_STAGES = (Path("/mnt"), Path("/media"))


def closed_ancestor(path: Path) -> Path | None:
    """Find the topmost directory on the way to `path` that others may not pass."""
    for ancestor in reversed(path.parents):
        if not ancestor.stat().st_mode & stat.S_IXOTH:
            return ancestor
    return None


def _outermost(paths: Iterable[Path]) -> list[Path]:
    found = sorted({path.resolve() for path in paths})
    return [path for path in found if not any(path.is_relative_to(other) for other in found if other != path)]


def script(paths: Sequence[Path]) -> str | None:
    """Write the shell commands that make all `paths` reachable, or None if they are."""
    hidden = {path: closed for path in _outermost(paths) if (closed := closed_ancestor(path))}
    if not hidden:
        return None
    stage = next(stage for stage in _STAGES if not any(path.is_relative_to(stage) for path in hidden))
    lines = ["set -e", f"mount -t tmpfs tmpfs {stage}"]
    for number, path in enumerate(hidden):
        lines += [f"mkdir {stage}/{number}", f"mount --bind {shlex.quote(str(path))} {stage}/{number}"]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(closed))}" for closed in sorted(set(hidden.values()))]
    for number, path in enumerate(hidden):
        quoted = shlex.quote(str(path))
        lines += [f"mkdir -p {quoted}", f"mount --move {stage}/{number} {quoted}"]
    return "\n".join([*lines, f"umount {stage}", 'cd "$1" && shift && exec "$@"'])


def sheltered(argv: Sequence[str], *, needs: Sequence[Path], directory: Path) -> list[str]:
    """Wrap a command so that its user reaches what it needs; it starts in `directory`."""
    commands = script([*needs, directory]) or 'cd "$1" && shift && exec "$@"'
    private = ["unshare", "--mount", "--propagation", "private", "--"]
    return [*private, "sh", "-c", commands, "sh", str(directory), *argv]
