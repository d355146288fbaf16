"""A table of at most one row, which is a file of its own."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tenant_agent.files import replace_text
from tenant_agent.projections import Unverified

THE_ROW = "it"
"""The row's key."""
_SECRET = 0o600


class OneFile:
    """A secret that a daemon reads as a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def read_all(self) -> dict[str, str]:
        return {THE_ROW: self._path.read_text(errors="replace")} if self._path.exists() else {}

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        return self.read_all() if THE_ROW in keys else {}

    def pages(self) -> Iterator[list[str]]:
        yield list(self.read_all())

    def tidied(self) -> list[str]:
        return []

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if THE_ROW in puts:
            replace_text(self._path, puts[THE_ROW], mode=_SECRET)
        elif THE_ROW in deletes:
            self._path.unlink(missing_ok=True)

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified(f"{self._path.name} does not hold what was written")

    def close(self) -> None: ...
