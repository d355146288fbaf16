"""Dovecot's certificates by the name that a client asks for: a file for each and one list of them.

Dovecot reads both when it is reloaded. The list is part of its configuration, so what is on it is there first, and
taken away last.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tenant_agent.files import replace_text
from tenant_agent.projections import Unverified

_SECRET = 0o600
_HOST = re.compile(r"^local_name (\S+) \{$", re.MULTILINE)


class LocalNames:
    """The list, the directory of PEM files beside it, and their only writer."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._directory = config.with_suffix("")
        self._directory.mkdir(parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        self._version: tuple[int, int, int] | None = None
        self._hosts = frozenset[str]()

    @property
    def _listed(self) -> frozenset[str]:
        """What the list says now, whoever wrote it; read again when it is another file."""
        try:
            found = self._config.stat()
        except FileNotFoundError:
            return frozenset()
        version = (found.st_ino, found.st_ctime_ns, found.st_size)
        if version != self._version:
            self._version = version
            self._hosts = frozenset(_HOST.findall(self._config.read_text(errors="replace")))
        return self._hosts

    def read_all(self) -> dict[str, str]:
        return self.read(self._listed)

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        listed = self._listed
        found = {host: self._path(host) for host in keys if host in listed}
        return {host: path.read_text(errors="replace") for host, path in found.items() if path.exists()}

    def pages(self) -> Iterator[list[str]]:
        yield list(self.read_all())

    def tidied(self) -> list[str]:
        return []

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        doomed = frozenset(deletes)
        for host, pem in puts.items():
            replace_text(self._path(host), pem, mode=_SECRET)
        self._list((self._listed | puts.keys()) - doomed)
        for host in doomed:
            self._path(host).unlink(missing_ok=True)

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified("the certificates' files do not hold what was written")

    def close(self) -> None: ...

    def _list(self, hosts: frozenset[str]) -> None:
        if hosts != self._listed:
            replace_text(self._config, "".join(map(self._block, sorted(hosts))), mode=_SECRET)

    def _block(self, host: str) -> str:
        path = self._path(host)
        return f"local_name {host} {{\n  ssl_cert = <{path}\n  ssl_key = <{path}\n}}\n"

    def _path(self, host: str) -> Path:
        """A host may be longer than a file's name may be."""
        return self._directory / f"{hashlib.sha256(host.encode()).hexdigest()}.pem"
