"""The secrets that a webhook's messages are signed with, and how they are kept."""

from datetime import datetime, timedelta

import asyncpg

from control_plane.core.crypto import Vault

OVERLAP = timedelta(hours=24)
"""After a rotation the old secret signs, too, for so long."""

_PURPOSE = "webhooks.secrets"


def seal(vault: Vault, secrets: tuple[str, ...]) -> bytes:
    """Encrypt secrets, newest first."""
    return vault.encrypt("\n".join(secrets).encode(), purpose=_PURPOSE)


def live(vault: Vault, row: asyncpg.Record, now: datetime) -> tuple[str, ...]:
    """Give the secrets that sign now, newest first."""
    newest, *older = vault.decrypt(row["secrets"], purpose=_PURPOSE).decode().split("\n")
    until: datetime | None = row["old_secret_until"]
    return (newest, *older[:1]) if until is not None and now < until else (newest,)
