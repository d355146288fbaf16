"""Whose a login is, and which pool a domain's people send by: asked of the stored desired state as it is."""

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from tenant_agent import wire
from tenant_agent.by_key.judge import SmtpKey

_domains = msgspec.msgpack.Decoder(wire.DomainItem)
_keys = msgspec.msgpack.Decoder(wire.SmtpKeyItem)
_TAKER = "select tenant_id from items where kind in ('inbound', 'domain') and key = ? and tenant_id is not null"


class Owners:
    """Reads the state's file beside its writer; a state that is not there yet knows nobody.

    One that cannot be read just now raises `sqlite3.Error`: nobody must pass for a stranger, whose mail is not counted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None

    def tenant_of(self, login: str) -> str | None:
        """Give the tenant of a mailbox."""
        row = self._row("select tenant_id from items where kind = 'mailbox' and key = ?", login.lower())
        return None if row is None or row[0] is None else str(row[0])

    def tenant_of_domain(self, domain: str) -> str | None:
        """Give the tenant of a domain."""
        row = self._row("select tenant_id from items where kind = 'domain' and key = ?", domain.lower())
        return None if row is None or row[0] is None else str(row[0])

    def taker_of(self, recipient: str) -> str:
        """Give the tenant whose mail comes in at an address; where no item says so, the address's domain."""
        domain = recipient.rpartition("@")[2].lower()
        labels = domain.split(".")
        for start in range(len(labels)):
            row = self._row(_TAKER, ".".join(labels[start:]))
            if row is not None:
                return str(row[0])
        return domain

    def smtp_key(self, key_id: str) -> SmtpKey | None:
        """Give an API key with its tenant; one that was revoked is not there any more."""
        row = self._row("select tenant_id, payload from items where kind = 'smtp_key' and key = ?", key_id)
        try:
            return None if row is None or row[0] is None else SmtpKey(str(row[0]), _keys.decode(row[1]))
        except msgspec.MsgspecError:
            return None

    def pool_of(self, domain: str) -> str | None:
        """Give the pool that is set for what a domain's people write; None: none is."""
        row = self._row("select payload from items where kind = 'domain' and key = ?", domain.lower())
        try:
            return None if row is None else _domains.decode(row[0]).submission_pool_id
        except msgspec.MsgspecError:
            return None

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _row(self, query: str, key: str) -> tuple[Any, ...] | None:
        if self._db is None:
            if not self._path.exists():
                return None
            self._db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, isolation_level=None)
        row: tuple[Any, ...] | None = self._db.execute(query, (key,)).fetchone()
        return row
