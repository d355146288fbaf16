"""A short text file with some lines for each of a few domains, which a daemon reads again by itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
        self._tidied: list[str] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            self._write(())

    def read_all(self) -> dict[str, str]:
        """Give the domains; none of a file in which there is anything else than was written."""
        text = self._text()
        marked = [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]
        return dict.fromkeys(marked, PRESENT) if text == self._rendered(marked) else {}

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        present = self.read_all()
        return {key: present[key] for key in keys if key in present}

    def pages(self) -> Iterator[list[str]]:
        domains = self.read_all()
        if self._text() != self._rendered(domains):
            self._write(domains)
            self._tidied.append(self._path.name)
        yield list(domains)

    def tidied(self) -> list[str]:
        tidied, self._tidied = self._tidied, []
        return tidied

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        self._write((self.read_all().keys() | puts.keys()) - frozenset(deletes))

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified(f"{self._path.name} does not hold what was written")

    def close(self) -> None: ...

    def _text(self) -> str:
        try:
            return self._path.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def _rendered(self, domains: Iterable[str]) -> str:
        return "".join(f"{_MARK}{each}\n{self._lines_for(each)}" for each in sorted(domains))

    def _write(self, domains: Iterable[str]) -> None:
        replace_text(self._path, self._rendered(domains))
