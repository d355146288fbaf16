"""Dovecot's users as passwd-files, spread over 1,024 files by a hash of the address and renamed into place.

Dovecot reads a changed file again without a reload, all of it: one file for all users would cost that for every change.
It looks at most once a second whether a file has changed, and judges by size and modification time in whole seconds.
So users are spread by address, not by domain, lest the log-ins of a domain hide its newest mailbox for that second; and
each version of a file gets a later second than the one before, or a second change of a password within a second, of
equal length, would never be seen.
"""

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tenant_agent.files import replace_text
from tenant_agent.projections import Unverified

SHARDS = 1024
SHARD_VARIABLE = f"%{SHARDS}Nu"
"""What selects the file in `dovecot.conf`."""
_READABLE_BY_GROUP = 0o640


def shard_of(address: str) -> str:
    """Name the file of an address: the first 8 bytes of its MD5 as a number, modulo the shards, in hexadecimal."""
    digest = hashlib.md5(address.encode(), usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:8], 'big') % SHARDS:x}"


class PasswdShards:
    """The directory of passwd-files and its only writer."""

    def __init__(self, directory: Path, *, group: str | None = "dovecot") -> None:
        self._directory = directory
        self._group = group
        self._tidied: list[str] = []
        directory.mkdir(parents=True, exist_ok=True)

    def read_all(self) -> dict[str, str]:
        rows: dict[str, str] = {}
        for path in self._directory.iterdir():
            rows |= _parse(path)
        return rows

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        rows: dict[str, str] = {}
        for shard, addresses in _by_shard(keys).items():
            present = _parse(self._directory / shard)
            rows |= {address: present[address] for address in addresses if address in present}
        return rows

    def pages(self) -> Iterator[list[str]]:
        for path in sorted(self._directory.glob("[!.]*")):
            rows = _parse(path)
            if path.exists() and path.read_text(errors="replace") != _render(rows):
                self._replace(path, rows)
                self._tidied.append(path.name)
            yield list(rows)

    def tidied(self) -> list[str]:
        tidied, self._tidied = self._tidied, []
        return tidied

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        doomed = frozenset(deletes)
        for shard, addresses in _by_shard([*puts, *doomed]).items():
            path = self._directory / shard
            rows = {address: rest for address, rest in _parse(path).items() if address not in doomed}
            rows |= {address: puts[address] for address in addresses if address in puts}
            self._replace(path, rows)

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified("the users' files do not hold what was written")

    def close(self) -> None: ...

    def _replace(self, path: Path, rows: Mapping[str, str]) -> None:
        text = _render(rows)
        replace_text(path, text, mode=_READABLE_BY_GROUP, group=self._group, modified_at=_next_second(path))


def _next_second(path: Path) -> int:
    before = int(path.stat().st_mtime) if path.exists() else 0
    return max(int(time.time()), before + 1)


def _by_shard(addresses: Iterable[str]) -> dict[str, list[str]]:
    shards: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        shards[shard_of(address)].append(address)
    return shards


def _parse(path: Path) -> dict[str, str]:
    """Read a file's users; one that Dovecot would not look for in this file does not count."""
    try:
        lines = path.read_text(errors="replace").split(os.linesep)
    except FileNotFoundError:
        return {}
    rows = (line.partition(":") for line in lines if line)
    return {address: rest for address, _, rest in rows if shard_of(address) == path.name}


def _render(rows: Mapping[str, str]) -> str:
    return "".join(f"{address}:{rows[address]}\n" for address in sorted(rows))
