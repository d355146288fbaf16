"""What the audit log looks like to others."""

from datetime import datetime
from typing import Literal

import msgspec


class AuditActor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acted: a person, an API key, or the platform itself."""

    kind: Literal["user", "key", "system"]
    id: str
    name: str
    """A person's address, a key's name."""
    tenant_id: str | None
    """Where they belong; another tenant than the log's when an agency acted."""


class AuditChange(msgspec.Struct, frozen=True):
    """A field that changed; null where there was or is nothing, `(hidden)` for a secret."""

    before: object
    after: object


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done."""

    id: str
    seq: int
    """Its number in the log, without gaps."""
    at: datetime
    actor: AuditActor
    on_behalf_of: str | None
    """In an agency's own log: the client that it acted for."""
    address: str
    """The IP address that the request came from."""
    action: str
    target: str
    changes: dict[str, AuditChange]
    hash: str


class AuditHead(msgspec.Struct, frozen=True):
    """The end of the log: keep it elsewhere, and nobody can rewrite what was before without being found out."""

    seq: int
    hash: str


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; what is None does not matter."""

    action: str | None = None
    """An action, as in `mailboxes.create`, or a feature, as in `mailboxes`."""
    actor: str | None = None
    """Public id or name."""
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
