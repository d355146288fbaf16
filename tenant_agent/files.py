"""Files that are either the old one or the new one, whatever happens in between."""

import grp
import os
import pwd
import shutil
from pathlib import Path


def replace_text(
    path: Path, text: str, *, mode: int = 0o644, group: str | None = None, modified_at: int | None = None
) -> None:
    """Write the text beside the file, make it durable, and rename it into place."""
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        give_to_group(fresh, group)
        os.fchmod(file.fileno(), mode)
        if modified_at is not None:
            os.utime(file.fileno(), (modified_at, modified_at))
        os.fsync(file.fileno())
    fresh.replace(path)


def give_to_group(path: Path, group: str | None) -> None:
    """Make the group the file's, if this machine has it and we may."""
    if group is not None and os.geteuid() == 0 and group_exists(group):
        shutil.chown(path, group=group)


def give_to_user(path: Path, user: str) -> None:
    """Make the user the file's owner, if this machine has it and we may."""
    if os.geteuid() == 0 and user_exists(user):
        shutil.chown(path, user=user, group=user)


def user_exists(name: str) -> bool:
    """Say whether the machine knows the user."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def group_exists(name: str) -> bool:
    """Say whether the machine knows the group."""
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
