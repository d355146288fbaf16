"""The chain of a log, computed anew and without the database's help: an entry's hash covers it and the hash before it.

The canonical form is that of `audit_hash` in the migration: a JSON array as PostgreSQL writes `jsonb`, in UTF-8.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

FIRST_PREVIOUS = b""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Fault = Literal["missing", "not_linked", "altered", "head_differs"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is stored; `changes` is JSON as PostgreSQL writes it."""

    tenant_id: UUID
    seq: int
    id: UUID
    at: datetime
    actor_kind: Literal["user", "key", "system"]
    actor_id: str
    actor_name: str
    actor_tenant_id: UUID | None
    on_behalf_of: UUID | None
    address: str
    action: str
    target: str
    changes: str
    previous_hash: bytes
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """The end of a chain: the number of its last entry, and that one's hash."""

    seq: int = 0
    hash: bytes = FIRST_PREVIOUS


def hash_of(entry: Entry) -> bytes:
    """Compute an entry's hash."""
    values = (
        entry.previous_hash.hex(),
        entry.tenant_id,
        entry.seq,
        entry.id,
        (entry.at - _EPOCH) // _MICROSECOND,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.actor_tenant_id,
        entry.on_behalf_of,
        entry.address,
        entry.action,
        entry.target,
    )
    written = [json.dumps(value, ensure_ascii=False, default=str) for value in values]
    return hashlib.sha256(f"[{', '.join([*written, entry.changes])}]".encode()).digest()


def fault_of(entry: Entry, before: Head) -> Fault | None:
    """Say what is wrong with an entry that follows the one of `before`; None when it is sound."""
    if entry.seq != before.seq + 1:
        return "missing"
    if entry.previous_hash != before.hash:
        return "not_linked"
    return None if entry.hash == hash_of(entry) else "altered"
