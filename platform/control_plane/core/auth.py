"""Who is asking and what they may: subjects, scopes, and the guard that asks for one.

A scope is `<resource>:<read|write>`, `<resource>:*` or `*`. The fleet belongs to the operator: a `fleet:…` scope counts
only for a tenant of kind operator, however wide the key's scopes are. With `Fleetpost-Tenant` an agency's key acts for
a client that granted it: then both the key's scopes and the grant's must allow what is asked.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from control_plane.core.errors import Forbidden
from control_plane.core.ids import TenantId
from control_plane.core.sandbox import Mode

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
    mode: Mode = "live"
    """Of the key: what is sent with a test key goes nowhere."""
    user_id: UUID | None = None
    acting_from: TenantId | None = None
    """The agency that the subject belongs to, while it acts for a client."""
    within: frozenset[str] | None = None
    """What the client's grant to the agency allows; None when nobody acts for anybody."""
    allowed_domains: frozenset[str] = frozenset()
    """Mail domains that the key is bound to; empty: all of the tenant's."""
    allowed_networks: frozenset[str] = frozenset()
    """Networks that the key may be used from; empty: all."""
    requests_per_minute: int | None = None
    """The key's own rate limit; None: the usual one."""
    expires_at: datetime | None = None
    """When the key ends."""

    def allows(self, scope: str) -> bool:
        """Say whether one of the subject's scopes covers this one, and the grant's, if it acts by one."""
        if scope.startswith(_FLEET + ":") and (self.tenant_kind != "operator" or self.acting_from is not None):
            return False
        return covers(self.scopes, scope) and (self.within is None or covers(self.within, scope))

    def require(self, scope: str, *, even_suspended: bool = False) -> None:
        """Raise `Forbidden` without the scope, `TenantSuspended` when a suspended tenant wants to change something."""
        if not self.allows(scope):
            raise Forbidden(f"This needs the scope {scope}: use a key that has it.")
        if scope.endswith(":write") and self.tenant_status == "suspended" and not even_suspended:
            raise TenantSuspended


def covers(scopes: frozenset[str], scope: str) -> bool:
    """Say whether one of the scopes covers this one."""
    resource = scope.partition(":")[0]
    return not scopes.isdisjoint({scope, f"{resource}:*", "*"})


class ScopeGuard:
    """A Litestar guard that asks for a scope, and can be asked which."""

    def __init__(self, scope: str, *, even_suspended: bool = False) -> None:
        self.scope = scope
        self._even_suspended = even_suspended

    async def __call__(
        self, connection: "ASGIConnection[BaseRouteHandler, Subject, object, State]", _: BaseRouteHandler
    ) -> None:
        """Raise what `Subject.require` raises."""
        connection.user.require(self.scope, even_suspended=self._even_suspended)


def requires(scope: str, *, even_suspended: bool = False) -> ScopeGuard:
    """Make a Litestar guard that asks for a scope; `even_suspended`: suspended tenants may change this, too."""
    return ScopeGuard(scope, even_suspended=even_suspended)


Reach: TypeAlias = Callable[[Subject, str], Awaitable[Subject]]
"""From an agency's subject and the public id of a tenant to a subject that acts for that tenant, or `NotFound`."""
