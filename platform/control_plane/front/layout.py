"""Where the front keeps its files; nobody but its own user may look into any of it."""

import os
from pathlib import Path

import msgspec


class Layout(msgspec.Struct, frozen=True):
    """The paths below the front's home."""

    home: Path

    @property
    def configuration(self) -> Path:
        """What HAProxy runs with."""
        return self.home / "haproxy.cfg"

    @property
    def candidate(self) -> Path:
        """What HAProxy is asked about before it runs with it."""
        return self.home / "haproxy.cfg.new"

    @property
    def certificates(self) -> Path:
        """One file for each certificate, with its key."""
        return self.home / "certificates"

    @property
    def default(self) -> Path:
        """The certificate of clients that name no host, or one that we do not know."""
        return self.home / "default.pem"

    @property
    def listing(self) -> Path:
        """HAProxy's list of certificates and the hosts that each is for."""
        return self.home / "certificates.list"

    @property
    def runtime(self) -> Path:
        """The socket of HAProxy's Runtime API."""
        return self.home / "runtime.sock"

    @property
    def empty(self) -> Path:
        """A directory with nothing in it, which is all that HAProxy sees once it serves."""
        return self.home / "empty"

    def prepare(self) -> None:
        """Make the directories."""
        for directory in (self.home, self.certificates, self.empty):
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o700)


def write(path: Path, content: str) -> None:
    """Put a file in its place at once, readable by its owner only; a crash leaves the old one or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
