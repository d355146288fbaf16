"""What accounts look like to others."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.core.auth import Subject
from control_plane.core.ids import TenantId

Role = Literal["owner", "admin", "developer", "marketer", "support", "billing"]

RESOURCES = (
    "account",
    "api-keys",
    "audit-log",
    "clients",
    "domains",
    "fleet",
    "mailboxes",
    "members",
    "messages",
    "plans",
    "webhooks",
)
"""What scopes are about. `account` is the tenant itself: brand, access grants, sign-in provider, its end."""

_ALL_BUT_ITSELF = frozenset(f"{name}:*" for name in RESOURCES if name != "account")

SCOPES_OF: dict[Role, frozenset[str]] = {
    "owner": frozenset({"*"}),
    "admin": _ALL_BUT_ITSELF | {"account:read"},
    "developer": frozenset({"account:read", "api-keys:*", "messages:*", "domains:*", "mailboxes:*", "webhooks:*"}),
    "marketer": frozenset({"account:read", "messages:*", "domains:read"}),
    "support": frozenset(
        f"{name}:read" for name in ("account", "clients", "domains", "mailboxes", "messages", "plans", "webhooks")
    ),
    "billing": frozenset({"account:read", "plans:read"}),
}
"""What each role may do, in the scopes of the API."""


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
