"""Who is asking and what they may: subjects, scopes, and the middleware that makes one from an API key.

A scope is `<resource>:<read|write>`, `<resource>:*` or `*`. The fleet belongs to the operator: a `fleet:…` scope counts
only for a tenant of kind operator, however wide the key's scopes are.
"""

import time
from collections.abc import Callable
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Guard, Receive, Scope, Send

from control_plane.core import crypto
from control_plane.core.database import Database
from control_plane.core.errors import Forbidden, Unauthenticated
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bind_tenant

KEY_PREFIX = "fp"
_FLEET = "fleet"


class TenantSuspended(Forbidden):
    """The account is suspended: it can be read, but nothing can be changed or sent until its provider resumes it."""

    code = "tenant_suspended"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was authenticated: a program by its API key, or a person by their session."""

    tenant_id: TenantId
    tenant_kind: str
    scopes: frozenset[str]
    tenant_status: str = "active"
    key_id: UUID | None = None
    user_id: UUID | None = None

    def allows(self, scope: str) -> bool:
        """Say whether one of the subject's scopes covers this one."""
        resource = scope.partition(":")[0]
        if resource == _FLEET and self.tenant_kind != "operator":
            return False
        return not self.scopes.isdisjoint({scope, f"{resource}:*", "*"})

    def require(self, scope: str) -> None:
        """Raise `Forbidden` without the scope, `TenantSuspended` when a suspended tenant wants to change something."""
        if not self.allows(scope):
            raise Forbidden(f"This needs the scope {scope}: use a key that has it.")
        if scope.endswith(":write") and self.tenant_status == "suspended":
            raise TenantSuspended


def requires(scope: str) -> Guard:
    """Make a Litestar guard that asks for a scope."""

    def guard(connection: "ASGIConnection[BaseRouteHandler, Subject, object, State]", _: BaseRouteHandler) -> None:
        connection.user.require(scope)

    return guard


class _LiveKey(msgspec.Struct, frozen=True):
    secret_hash: bytes
    subject: Subject
    fresh_until: float


class KeyRing:
    """Finds live API keys; a key that was found is remembered for some seconds, so a revoked one soon stops working."""

    def __init__(
        self, db: Database, *, fresh_seconds: float = 3, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._fresh_seconds = fresh_seconds
        self._monotonic = monotonic
        self._keys: dict[str, _LiveKey] = {}

    async def authenticate(self, token: str) -> Subject:
        """Give the subject of `fp_…`; raises `Unauthenticated` without saying what is wrong with it."""
        parts = crypto.split_token(KEY_PREFIX, token)
        if parts is None:
            raise Unauthenticated
        lookup, secret = parts
        key = self._remembered(lookup) or await self._find(lookup)
        if key is None or not crypto.secret_matches(secret, key.secret_hash):
            raise Unauthenticated
        return key.subject

    def _remembered(self, lookup: str) -> _LiveKey | None:
        key = self._keys.get(lookup)
        if key is None or key.fresh_until > self._monotonic():
            return key
        del self._keys[lookup]
        return None

    async def _find(self, lookup: str) -> _LiveKey | None:
        async with self._db.public_tx() as tx:
            row = await tx.connection.fetchrow("select * from find_api_key($1)", lookup)
        if row is None:
            return None
        subject = Subject(
            tenant_id=TenantId(row["tenant_id"]),
            tenant_kind=row["tenant_kind"],
            tenant_status=row["tenant_status"],
            scopes=frozenset(row["scopes"]),
            key_id=row["id"],
        )
        key = _LiveKey(row["secret_hash"], subject, self._monotonic() + self._fresh_seconds)
        self._remember(lookup, key)
        return key

    def _remember(self, lookup: str, key: _LiveKey) -> None:
        if len(self._keys) >= _MOST_REMEMBERED:
            self._keys.clear()
        self._keys[lookup] = key


_MOST_REMEMBERED = 10_000


class ApiKeyMiddleware(ASGIMiddleware):
    """Authenticates every request by its API key and binds its tenant; stands on the router of `/v1`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set the scope's user, bind the tenant, go on; raises `Unauthenticated`."""
        keys: KeyRing = scope["litestar_app"].state.key_ring
        subject = await keys.authenticate(_bearer_token(scope))
        scope["user"] = subject
        bind_tenant(subject.tenant_id)
        await next_app(scope, receive, send)


def _bearer_token(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return ""
