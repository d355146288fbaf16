"""What accounts look like to others."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.core.auth import Subject
from control_plane.core.ids import TenantId

Role = Literal["owner", "admin", "developer", "marketer", "support", "billing"]

SCOPES_OF: dict[Role, frozenset[str]] = {
    "owner": frozenset({"*"}),
    "admin": frozenset({"*"}),
    "developer": frozenset({"messages:*", "domains:*", "mailboxes:*", "webhooks:*"}),
    "marketer": frozenset({"messages:*", "domains:read"}),
    "support": frozenset({"messages:read", "domains:read", "mailboxes:read", "webhooks:read"}),
    "billing": frozenset(),
}
"""What each role may do in the portal, in the scopes of the API."""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in a tenant."""

    tenant_id: TenantId
    role: Role


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is signed in, and the tenant that they act for."""

    user_id: UUID
    email: str
    name: str
    tenant_id: TenantId
    role: Role


class SignedIn(msgspec.Struct, frozen=True):
    """A new session; the token goes into the cookie and is kept here only as a hash."""

    token: str
    session: Session


class TenantView(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant as it sees itself."""

    id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]


class Visitor(msgspec.Struct, frozen=True):
    """Somebody at the portal whose session is alive: who they are, where, and what they may do there."""

    session: Session
    tenant: TenantView
    subject: Subject


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """An API key, without its secret."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime | None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whose key this is and what it may do."""

    tenant: TenantView
    key: KeyView
    scopes: tuple[str, ...]
