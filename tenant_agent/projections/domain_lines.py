"""A short text file with some lines for each of a few domains, which a daemon reads again by itself."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tenant_agent.files import replace_text
from tenant_agent.project import PRESENT
from tenant_agent.projections import Unverified

_MARK = "# "


class DomainLines:
    """The file and its only writer; a comment before each domain's lines tells whose they are."""

    def __init__(self, path: Path, lines_for: Callable[[str], str]) -> None:
        self._path = path
        self._lines_for = lines_for
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            self._write(())

    def read_all(self) -> dict[str, str]:
        marked = (line.removeprefix(_MARK) for line in self._lines() if line.startswith(_MARK))
        return dict.fromkeys(marked, PRESENT)

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        present = self.read_all()
        return {key: present[key] for key in keys if key in present}

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        self._write((self.read_all().keys() | puts.keys()) - frozenset(deletes))

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified(f"{self._path.name} does not hold what was written")

    def close(self) -> None: ...

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text().splitlines()
        except FileNotFoundError:
            return []

    def _write(self, domains: Iterable[str]) -> None:
        replace_text(self._path, "".join(f"{_MARK}{each}\n{self._lines_for(each)}" for each in sorted(domains)))
