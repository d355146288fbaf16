"""CPU seconds that process trees have used, read from /proc, the dead and reaped included."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class _Stat(msgspec.Struct, frozen=True):
    pid: int
    parent: int
    seconds: float
    """Own time and that of reaped children, user and system."""


def _read(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the name before may hold spaces and parentheses
    parent, ticks = int(fields[1]), sum(int(fields[index]) for index in (11, 12, 13, 14))
    return _Stat(pid, parent, ticks / _TICKS_PER_SECOND)


def _all() -> list[_Stat]:
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [stat for stat in map(_read, pids) if stat is not None]


def trees(roots: Iterable[int]) -> float:
    """Give the CPU seconds used so far by processes and all below them.

    A child that ends is counted by the parent that reaps it, so the difference of two readings misses nothing as long
    as the roots live and reap.
    """
    by_pid = {stat.pid: stat for stat in _all()}
    return sum(by_pid[pid].seconds for pid in _below(roots, by_pid))


def by_program(roots: Iterable[int]) -> dict[str, float]:
    """Give the same by program: whoever has ended is counted with whom it was started by."""
    by_pid = {stat.pid: stat for stat in _all()}
    seconds: dict[str, float] = defaultdict(float)
    for pid in _below(roots, by_pid):
        seconds[_program(pid)] += by_pid[pid].seconds
    return seconds


def since(before: dict[str, float], roots: Iterable[int], count: int = 15) -> str:
    """Write which programs have used the most since."""
    used = {name: seconds - before.get(name, 0.0) for name, seconds in by_program(roots).items()}
    first = sorted(used.items(), key=lambda each: each[1], reverse=True)[:count]
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in first)


def _program(pid: int) -> str:
    """Name a process by its title, or a Python one by what it runs."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").split()
    except OSError:
        return "gone"
    if not words:
        return "gone"
    name = Path(words[0]).name.rstrip(":")
    if name.startswith("python"):
        named = [word for word in words[1:] if not word.startswith("-")]
        return Path(named[0]).name if named else name
    return name


def family(root: int) -> list[int]:
    """List a process and all below it."""
    return _below([root], {stat.pid: stat for stat in _all()})


def _below(roots: Iterable[int], by_pid: dict[int, _Stat]) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for stat in by_pid.values():
        children[stat.parent].append(stat.pid)
    found: dict[int, None] = {}
    open_pids = list(roots)
    while open_pids:
        pid = open_pids.pop()
        if pid in by_pid and pid not in found:
            found[pid] = None
            open_pids += children[pid]
    return list(found)
