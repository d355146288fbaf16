"""What accounts look like to others."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.core.actor import Actor
from control_plane.core.auth import Subject
from control_plane.core.ids import TenantId, encode

Role = Literal["owner", "admin", "developer", "marketer", "support", "billing"]

RESOURCES = (
    "account",
    "api-keys",
    "audit-log",
    "certificates",
    "clients",
    "domains",
    "events",
    "fleet",
    "inbound",
    "ip-pools",
    "mailboxes",
    "members",
    "messages",
    "plans",
    "relays",
    "reports",
    "suppressions",
    "templates",
    "webhooks",
)
"""What scopes are about. `account` is the tenant itself: brand, access grants, sign-in provider, its end."""

_ALL_BUT_ITSELF = frozenset(f"{name}:*" for name in RESOURCES if name != "account")

SCOPES_OF: dict[Role, frozenset[str]] = {
    "owner": frozenset({"*"}),
    "admin": _ALL_BUT_ITSELF | {"account:read"},
    "developer": frozenset(
        {"account:read"}
        | {
            f"{name}:*"
            for name in (
                "api-keys",
                "certificates",
                "domains",
                "events",
                "inbound",
                "ip-pools",
                "mailboxes",
                "messages",
                "relays",
                "reports",
                "suppressions",
                "templates",
                "webhooks",
            )
        }
    ),
    "marketer": frozenset(
        {"account:read", "messages:*", "domains:read", "reports:read", "suppressions:*", "templates:*"}
    ),
    "support": frozenset(
        f"{name}:read"
        for name in (
            "account",
            "certificates",
            "clients",
            "domains",
            "events",
            "inbound",
            "ip-pools",
            "mailboxes",
            "messages",
            "plans",
            "relays",
            "reports",
            "suppressions",
            "templates",
            "webhooks",
        )
    ),
    "billing": frozenset({"account:read", "plans:read"}),
}
"""What each role may do, in the scopes of the API."""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in a tenant."""

    tenant_id: TenantId
    role: Role


Method = Literal["password", "link", "passkey", "provider"]
"""What somebody proved at first who they are with: a password, a mailed link, a passkey, their organisation."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who proved who they are."""

    id: UUID
    email: str
    name: str


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody signs in from."""

    address: str = ""
    """The IP address."""
    user_agent: str = ""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """That a person is signed in, and the tenant that they look at; what they may do there is asked each time."""

    user_id: UUID
    tenant_id: TenantId
    through: TenantId | None = None
    """The agency that they reach the tenant by."""
    method: Method
    begun_at: datetime
    authenticated_at: datetime
    """When they last proved who they are."""
    device: Device
    only_tenant: TenantId | None = None
    """Whose provider vouched for the person; the session is good there, and for the clients of that tenant."""


class OwnSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its person sees it among their others."""

    id: str
    session: Session
    last_used_at: datetime
    is_this_one: bool


class SignedIn(msgspec.Struct, frozen=True):
    """A new session; the token goes into the cookie and is kept here only as a hash."""

    token: str
    session: Session
    pending: bool = False
    """A second factor is still to be given: lead to /sign-in/second."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant that a person may be in: one of their own, or a client that granted one of these."""

    tenant_id: TenantId
    name: str
    slug: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]
    role: Role
    """The person's role where they belong."""
    through: TenantId | None
    """The agency that they reach a client by."""
    through_name: str | None
    granted: Role | None
    """The role that the client gave the agency."""
    provider_only: bool
    """The organisation there wants its people to sign in by its provider."""

    @property
    def public_id(self) -> str:
        """Give the id that others know."""
        return encode("ten", self.tenant_id)


class TenantView(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant as it sees itself."""

    id: str
    name: str
    kind: Literal["operator", "agency", "client"]
    status: Literal["active", "throttled", "suspended"]


class Visitor(msgspec.Struct, frozen=True):
    """Somebody at the portal whose session is alive: who they are, where, and what they may do there."""

    person: Person
    session: Session
    place: Place
    tenant: TenantView
    subject: Subject
    actor: Actor
    locale: str | None = None
    """The language that the person chose."""


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
