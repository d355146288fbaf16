"""The mail store: a directory per tenant, owned by its uid and closed to all others, and in it a home per mailbox.

A home is open, which is its owner's, on the node that keeps the mailbox. While its mail is on the way from here or to
here it is shut: only root and members of the group `SHUT_GID` come in, of which Dovecot's processes are none, so that
whatever they had begun fails for now. Who moved away leaves a shut home behind.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SHUT_GID = 99_999
"""Below all tenants' uids and above what Debian gives to users and groups of its own."""
_OPEN, _SHUT = 0o700, 0o770
_PROXIED = "proxy=y "
"""In the extra fields of a passwd-file's line: whoever logs in is not served from the home."""


class Homes:
    """The mail store, where Dovecot may make mailboxes but, running as a tenant, no tenant's directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o711)
        self._prepared: set[int] = set()

    def prepare(self, passwd_fields: Iterable[str]) -> None:
        """Make the directory of each uid that occurs in these passwd-file lines, and open the homes that are served."""
        rows = list(passwd_fields)
        uids = {int(fields.split(":", 2)[1]) for fields in rows}
        for uid in uids - self._prepared:
            self._make(uid)
            self._prepared.add(uid)
        for fields in rows:
            if _PROXIED not in fields:
                _, owner, _, _, home, *_ = fields.split(":")
                open_home(Path(home), int(owner))

    def _make(self, uid: int) -> None:
        path = self.directory / str(uid)
        path.mkdir(mode=_OPEN, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, uid, uid)


def home_of(mail_store: Path, uid: int, address: str) -> Path:
    """Say where a mailbox has its home."""
    local, _, domain = address.rpartition("@")
    return mail_store / str(uid) / domain / local


def homes_in(mail_store: Path) -> Iterator[Path]:
    """Give every `<uid>/<domain>/<local part>`; links are nobody's home."""
    for tenant in mail_store.iterdir():
        if tenant.name.isdecimal():
            yield from (home for home in tenant.glob("*/*") if home.is_dir() and not _leads_away(home))


def shut_home(home: Path, uid: int) -> None:
    """Let nobody in; a home that is not there yet is made, and the directories above it."""
    for path in (home.parent.parent, home.parent):
        if not path.is_dir():
            path.mkdir(mode=_OPEN)
            if os.geteuid() == 0:
                os.chown(path, uid, uid)
    with suppress(FileExistsError):
        home.mkdir(mode=_OPEN)
    with _held(home) as directory:
        _give(directory, 0, SHUT_GID, _SHUT)


def open_home(home: Path, uid: int) -> None:
    """Let its owner in again, if it is there and shut."""
    if is_shut(home):
        with _held(home) as directory:
            _give(directory, uid, uid, _OPEN)


def is_shut(home: Path) -> bool:
    """Say whether there is a home here that nobody comes into."""
    try:
        found = home.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == _SHUT


@contextmanager
def _held(home: Path) -> Iterator[int]:
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _give(directory: int, uid: int, gid: int, mode: int) -> None:
    if os.geteuid() == 0:
        os.fchown(directory, uid, gid)
    os.fchmod(directory, mode)


def _leads_away(home: Path) -> bool:
    return any(path.is_symlink() for path in (home, *home.parents[:2]))
