"""One directory per tenant in the mail store, owned by the tenant's uid and closed to all others."""

import os
from collections.abc import Iterable
from pathlib import Path


class Homes:
    """The mail store, where Dovecot may make mailboxes but, running as a tenant, no tenant's directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o711)
        self._prepared: set[int] = set()

    def prepare(self, passwd_fields: Iterable[str]) -> None:
        """Make the directory of each uid that occurs in these passwd-file lines."""
        uids = {int(fields.split(":", 2)[1]) for fields in passwd_fields}
        for uid in uids - self._prepared:
            self._make(uid)
            self._prepared.add(uid)

    def _make(self, uid: int) -> None:
        path = self.directory / str(uid)
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, uid, uid)
