"""The tables that the daemons read, each kept in the form its daemon wants.

RowStore (a Protocol)
├── LmdbMap        Postfix: an LMDB file, written in place
├── PasswdShards   Dovecot: passwd-files by hash of the domain, renamed into place
├── SigningKeys    Rspamd: hashes in the node's Redis, which forgets them when it restarts
└── MemoryRows     a dictionary; for tests and dry runs
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol


class Unavailable(Exception):
    """The place where the rows are kept does not answer just now."""


class Unverified(Exception):
    """The daemon's own tool does not read back what was written."""


class RowStore(Protocol):
    """One table. Writes are atomic, durable (save where said) and may be repeated."""

    def read_all(self) -> dict[str, str]:
        """Give all rows; a store that is missing or damaged is empty."""
        ...

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        """Give those of the rows that exist."""
        ...

    def pages(self) -> Iterator[list[str]]:
        """List the keys, some at a time; rows may be written between two pages. What is no row is taken out."""
        ...

    def tidied(self) -> list[str]:
        """Name, once, the files that `pages` took something out of."""
        ...

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None: ...

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        """Ask as the daemon asks; raises `Unverified`."""
        ...

    def close(self) -> None: ...


class VolatileStore(RowStore, Protocol):
    """A table that is empty again after its daemon was restarted; every method may raise `Unavailable`."""

    def is_filled(self) -> bool:
        """Say whether it has forgotten nothing since `mark_filled`."""
        ...

    def mark_filled(self) -> None: ...


class MemoryRows:
    """Rows in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def read_all(self) -> dict[str, str]:
        return dict(self.rows)

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: self.rows[key] for key in keys if key in self.rows}

    def pages(self) -> Iterator[list[str]]:
        yield list(self.rows)

    def tidied(self) -> list[str]:
        return []

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        self.rows |= puts
        for key in deletes:
            self.rows.pop(key, None)

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified

    def close(self) -> None: ...


class ForgetfulRows(MemoryRows):
    """Rows in a dictionary that can go away and come back empty."""

    def __init__(self) -> None:
        super().__init__()
        self.available = True
        self._filled = False

    def restart(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self._filled = False

    def read_all(self) -> dict[str, str]:
        self._answer()
        return super().read_all()

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        self._answer()
        return super().read(keys)

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        self._answer()
        super().write(puts, deletes)

    def is_filled(self) -> bool:
        self._answer()
        return self._filled

    def mark_filled(self) -> None:
        self._filled = True

    def _answer(self) -> None:
        if not self.available:
            raise Unavailable
