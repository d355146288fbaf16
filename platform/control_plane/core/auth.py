"""Who is asking and what they may: subjects, scopes, and the middleware that makes one from an API key.

A scope is `<resource>:<read|write>`, `<resource>:*` or `*`. The fleet belongs to the operator: a `fleet:…` scope counts
only for a tenant of kind operator, however wide the key's scopes are. With `Fleetpost-Tenant` an agency's key acts for
a client that granted it: then both the key's scopes and the grant's must allow what is asked.
"""

import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeAlias
from uuid import UUID

import asyncpg
import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from control_plane.core import crypto
from control_plane.core.actor import Actor, bind_actor
from control_plane.core.database import Database
from control_plane.core.errors import Forbidden, Unauthenticated
from control_plane.core.ids import TenantId, encode
from control_plane.core.origin import client_address
from control_plane.core.tenancy import bind_tenant

KEY_PREFIX = "fp"
ACT_FOR_HEADER = "Fleetpost-Tenant"
_FLEET = "fleet"


class TenantSuspended(Forbidden):
    """The account is suspended: it can be read, but nothing can be changed or sent until its provider resumes it."""

    code = "tenant_suspended"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was authenticated: a program by its API key, or a person by their session."""

    tenant_id: TenantId
    """Whose data it is about."""
    tenant_kind: str
    scopes: frozenset[str]
    tenant_status: str = "active"
    key_id: UUID | None = None
    user_id: UUID | None = None
    acting_from: TenantId | None = None
    """The agency that the subject belongs to, while it acts for a client."""
    within: frozenset[str] | None = None
    """What the client's grant to the agency allows; None when nobody acts for anybody."""
    allowed_domains: frozenset[str] = frozenset()
    """Mail domains that the key is bound to; empty: all of the tenant's."""
    requests_per_minute: int | None = None
    """The key's own rate limit; None: the usual one."""

    def allows(self, scope: str) -> bool:
        """Say whether one of the subject's scopes covers this one, and the grant's, if it acts by one."""
        if scope.startswith(_FLEET + ":") and (self.tenant_kind != "operator" or self.acting_from is not None):
            return False
        return covers(self.scopes, scope) and (self.within is None or covers(self.within, scope))

    def require(self, scope: str) -> None:
        """Raise `Forbidden` without the scope, `TenantSuspended` when a suspended tenant wants to change something."""
        if not self.allows(scope):
            raise Forbidden(f"This needs the scope {scope}: use a key that has it.")
        if scope.endswith(":write") and self.tenant_status == "suspended":
            raise TenantSuspended


def covers(scopes: frozenset[str], scope: str) -> bool:
    """Say whether one of the scopes covers this one."""
    resource = scope.partition(":")[0]
    return not scopes.isdisjoint({scope, f"{resource}:*", "*"})


class ScopeGuard:
    """A Litestar guard that asks for a scope, and can be asked which."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(
        self, connection: "ASGIConnection[BaseRouteHandler, Subject, object, State]", _: BaseRouteHandler
    ) -> None:
        """Raise what `Subject.require` raises."""
        connection.user.require(self.scope)


def requires(scope: str) -> ScopeGuard:
    """Make a Litestar guard that asks for a scope."""
    return ScopeGuard(scope)


class LiveKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was found, with all that decides about a request."""

    id: UUID
    name: str
    secret_hash: bytes
    allowed_networks: tuple[IPv4Network | IPv6Network, ...]
    subject: Subject
    fresh_until: float

    def admits(self, address: str) -> bool:
        """Say whether the key may be used from an IP address."""
        if not self.allowed_networks:
            return True
        try:
            asking = ip_address(address)
        except ValueError:
            return False
        return any(asking in network for network in self.allowed_networks if network.version == asking.version)


class KeyRing:
    """Finds live API keys; a key that was found is remembered for some seconds, so a revoked one soon stops working."""

    def __init__(
        self, db: Database, *, fresh_seconds: float = 3, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._fresh_seconds = fresh_seconds
        self._monotonic = monotonic
        self._keys: dict[str, LiveKey] = {}

    async def authenticate(self, token: str, address: str = "") -> LiveKey:
        """Give the key of `fp_…`, used from an IP address; raises `Unauthenticated` without saying what is wrong."""
        parts = crypto.split_token(KEY_PREFIX, token)
        if parts is None:
            raise Unauthenticated
        lookup, secret = parts
        key = self._remembered(lookup) or await self._find(lookup)
        if key is None or not crypto.secret_matches(secret, key.secret_hash) or not key.admits(address):
            raise Unauthenticated
        return key

    def _remembered(self, lookup: str) -> LiveKey | None:
        key = self._keys.get(lookup)
        if key is None or key.fresh_until > self._monotonic():
            return key
        del self._keys[lookup]
        return None

    async def _find(self, lookup: str) -> LiveKey | None:
        async with self._db.public_tx() as tx:
            row = await tx.connection.fetchrow("select * from find_api_key($1)", lookup)
        if row is None:
            return None
        key = _live_key(row, self._monotonic() + self._fresh_seconds)
        self._remember(lookup, key)
        return key

    def _remember(self, lookup: str, key: LiveKey) -> None:
        if len(self._keys) >= _MOST_REMEMBERED:
            self._keys.clear()
        self._keys[lookup] = key


_MOST_REMEMBERED = 10_000


def _live_key(row: asyncpg.Record, fresh_until: float) -> LiveKey:
    subject = Subject(
        tenant_id=TenantId(row["tenant_id"]),
        tenant_kind=row["tenant_kind"],
        tenant_status=row["tenant_status"],
        scopes=frozenset(row["scopes"]),
        key_id=row["id"],
        allowed_domains=frozenset(row["allowed_domains"]),
        requests_per_minute=row["requests_per_minute"],
    )
    return LiveKey(
        id=row["id"],
        name=row["name"],
        secret_hash=row["secret_hash"],
        allowed_networks=tuple(row["allowed_networks"]),
        subject=subject,
        fresh_until=fresh_until,
    )


class ApiKeyMiddleware(ASGIMiddleware):
    """Authenticates every request by its API key and binds its tenant and actor; stands on the router of `/v1`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set the scope's user, bind the tenant and the actor, go on; raises `Unauthenticated`, `NotFound`."""
        keys: KeyRing = scope["litestar_app"].state.key_ring
        address = client_address(scope)
        key = await keys.authenticate(_bearer_token(scope), address)
        subject = key.subject
        bind_actor(
            Actor(kind="key", id=encode("key", key.id), name=key.name, tenant_id=subject.tenant_id, address=address)
        )
        wanted = Headers.from_scope(scope).get(ACT_FOR_HEADER)
        if wanted is not None:
            reach: Reach = scope["litestar_app"].state.reach
            subject = await reach(subject, wanted)
        scope["user"] = subject
        bind_tenant(subject.tenant_id)
        await next_app(scope, receive, send)


Reach: TypeAlias = Callable[[Subject, str], Awaitable[Subject]]
"""From an agency's subject and the public id of a tenant to a subject that acts for that tenant, or `NotFound`."""


def _bearer_token(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return ""
