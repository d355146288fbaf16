"""A Postfix lookup table of type `lmdb`, written in place while Postfix reads it.

Postfix does not use LMDB's own locks: its readers take a shared fcntl lock on the file. So the writer opens the file
without LMDB's locking and holds an exclusive fcntl lock for the whole transaction. Closing *any* descriptor of the file
drops that lock, hence one descriptor for the lock and one environment per file, both kept open. Keys and values end
with a NUL, as `postmap` writes them.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import lmdb

from tenant_agent.projections import Unavailable, Unverified

_FIRST_MAP_BYTES = 16 * 1024 * 1024
_PAGE = 500
_SAMPLE = 8  # rows of a large change that are looked up; of a small one all are
_NUL = b"\0"
_MAIN_CF = "compatibility_level = 3.6\n"


class LmdbMap:
    """One LMDB file and its only writer."""

    def __init__(self, path: Path, postmap: "Postmap", *, mode: int = 0o644) -> None:
        self._path = path
        self._postmap = postmap
        self._mode = mode
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._open()
            self.read_all()
        except (lmdb.Error, Unavailable):
            self._start_afresh()

    def read_all(self) -> dict[str, str]:
        with self._reading() as transaction:
            return {_text(key): _text(value) for key, value in transaction.cursor()}

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        with self._reading() as transaction:
            found = {key: transaction.get(_bytes(key)) for key in keys}
        return {key: _text(value) for key, value in found.items() if value is not None}

    def pages(self) -> Iterator[list[str]]:
        last = b""
        while True:
            with self._reading() as transaction:
                cursor = transaction.cursor()
                keys = list(islice(cursor.iternext(values=False), _PAGE)) if cursor.set_range(last) else []
            if not keys:
                return
            yield [_text(key) for key in keys]
            last = bytes(keys[-1]) + _NUL

    def tidied(self) -> list[str]:
        return []

    def revive(self) -> bool:
        """Open the file again if there is another one in its place or none; says whether rows may be missing now."""
        with suppress(FileNotFoundError):
            if os.path.samestat(self._path.stat(), os.fstat(self._lock_descriptor)):
                return False
        self.close()
        try:
            self._open()
            self.read_all()
        except (lmdb.Error, Unavailable):
            self._start_afresh()
        return True

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        doomed = tuple(deletes)
        while True:
            try:
                return self._write_once(puts, doomed)
            except lmdb.MapFullError:
                self._environment.set_mapsize(self._environment.info()["map_size"] * 2)
            except lmdb.Error as error:
                raise Unavailable(f"{self._path.name} cannot be written: {error}") from error

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        expected = dict(islice(puts.items(), _SAMPLE))
        gone = tuple(islice(deletes, _SAMPLE))
        if expected or gone:
            found = self._postmap.query(self._path, [*expected, *gone])
            if found != expected:
                raise Unverified(f"postmap reads something else in {self._path.name} than was written")

    def close(self) -> None:
        self._environment.close()
        os.close(self._lock_descriptor)

    def _write_once(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        with self._locked(), self._environment.begin(write=True) as transaction:
            for key, value in puts.items():
                transaction.put(_bytes(key), _bytes(value))
            for key in deletes:
                transaction.delete(_bytes(key))

    @contextmanager
    def _reading(self) -> Iterator[lmdb.Transaction]:
        try:
            with self._environment.begin() as transaction:
                yield transaction
        except lmdb.Error as error:
            raise Unavailable(f"{self._path.name} cannot be read: {error}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.lockf(self._lock_descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock_descriptor, fcntl.LOCK_UN)

    def _open(self) -> None:
        self._environment = lmdb.open(
            str(self._path), subdir=False, lock=False, map_size=self._map_bytes(), mode=self._mode, max_dbs=0
        )
        self._lock_descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        self._path.chmod(self._mode)

    def _map_bytes(self) -> int:
        size = self._path.stat().st_size if self._path.exists() else 0
        return max(_FIRST_MAP_BYTES, 2 * size)

    def _start_afresh(self) -> None:
        """Put an empty map in the place of a damaged one; daemons that have the old file open see it go and restart."""
        fresh = self._path.with_suffix(".fresh")
        fresh.unlink(missing_ok=True)
        lmdb.open(str(fresh), subdir=False, lock=False, map_size=_FIRST_MAP_BYTES, mode=self._mode).close()
        fresh.replace(self._path)
        self._open()


class Postmap:
    """Looks keys up as Postfix does, with `postmap -q`."""

    def __init__(self, config_directory: Path) -> None:
        self._config_directory = config_directory
        config_directory.mkdir(parents=True, exist_ok=True)
        main_cf = config_directory / "main.cf"
        if not main_cf.exists() or main_cf.read_text() != _MAIN_CF:
            main_cf.write_text(_MAIN_CF)
        os.utime(main_cf, (0, 0))  # Postfix's tools wait for two seconds beside a main.cf that was just written

    def query(self, path: Path, keys: Iterable[str]) -> dict[str, str]:
        """Give the rows that exist; raises `Unverified` when postmap fails."""
        asked = "".join(f"{key}\n" for key in keys).encode()
        command = ["postmap", "-c", str(self._config_directory), "-q", "-", f"lmdb:{path.with_suffix('')}"]
        done = subprocess.run(command, input=asked, capture_output=True, check=False, timeout=30)
        if done.returncode > 1 or done.stderr:
            raise Unverified(f"postmap cannot read {path.name}: {done.stderr.decode(errors='replace').strip()}")
        return {key: value for key, _, value in (line.partition("\t") for line in done.stdout.decode().splitlines())}


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape") + _NUL


def _text(data: bytes | memoryview) -> str:
    """What somebody else wrote into the map may be no text; it is to be found, and taken away."""
    return bytes(data).removesuffix(_NUL).decode(errors="surrogateescape")
