"""Who may read what the agent keeps: modes and owners of its files and directories, and of tenants' mail."""

import grp
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tenant_agent.files import group_exists, user_exists
from tenant_agent.layout import Layout
from tenant_agent.render.postfix import SNI_FILE

_SECRET = 0o600
_SECRET_DIRECTORY = 0o700
_BESIDE_A_DATABASE = ("-wal", "-shm")


class Place(NamedTuple):
    """A file or directory as it should be; without owner or group, whatever it has."""

    path: Path
    mode: int
    uid: int | None = None
    gid: int | None = None


def places(layout: Layout) -> Iterator[Place]:
    """List what is there of all that must not be open to others, or not closed to the daemons."""
    yield Place(layout.maps, 0o755)
    yield Place(layout.users, 0o750, gid=_group("dovecot"))
    yield Place(layout.signer_state, 0o750, uid=_user("_rspamd"))
    yield Place(layout.mail_store, 0o711)
    for directory in (layout.staging, layout.ready, layout.local_names.with_suffix("")):
        yield Place(directory, _SECRET_DIRECTORY)
    for secret in (layout.redis_password, layout.credential, layout.own_certificate, layout.relay_breakers):
        yield Place(secret, _SECRET)
    for database in (layout.state_database, layout.mail_database, layout.allowances):
        for path in (database, *(database.with_name(database.name + suffix) for suffix in _BESIDE_A_DATABASE)):
            yield Place(path, _SECRET)
    for path in layout.maps.glob("*.lmdb"):
        yield Place(path, _SECRET if path.stem == SNI_FILE else 0o644)
    for path in _inside(layout.users):
        yield Place(path, 0o640, gid=_group("dovecot"))
    for path in _inside(layout.local_names.with_suffix("")):
        yield Place(path, _SECRET)
    yield from _homes(layout.mail_store)


def put_right(expected: Iterable[Place]) -> list[Path]:
    """Change what differs; gives the paths of it. What is not there is nobody's business here."""
    return [place.path for place in expected if _differs(place)]


def _differs(place: Place) -> bool:
    with suppress(FileNotFoundError):
        found = place.path.lstat()
        if stat.S_ISLNK(found.st_mode):
            return False  # its target is not ours to change
        uid = found.st_uid if place.uid is None or os.geteuid() else place.uid
        gid = found.st_gid if place.gid is None or os.geteuid() else place.gid
        if (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (place.mode, uid, gid):
            return False
        os.chown(place.path, uid, gid)
        place.path.chmod(place.mode)
        return True
    return False


def _homes(mail_store: Path) -> Iterator[Place]:
    """A directory that is named by a number is the tenant's who is that user."""
    for path in _inside(mail_store):
        if path.name.isascii() and path.name.isdigit():
            uid = int(path.name)
            yield Place(path, _SECRET_DIRECTORY, uid, uid)


def _inside(directory: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return [path for path in directory.iterdir() if not path.name.startswith(".")]
    return []


def _group(name: str) -> int | None:
    return grp.getgrnam(name).gr_gid if group_exists(name) else None


def _user(name: str) -> int | None:
    return pwd.getpwnam(name).pw_uid if user_exists(name) else None
