"""Which tenant the running request or job acts for; bound once at the edge, read by `Database.tenant_tx`.

A key may be bound to some of its tenant's mail domains; then nothing is sent from the others and nothing changed there.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from control_plane.core.errors import FleetpostError, Forbidden
from control_plane.core.ids import TenantId


class NoTenant(FleetpostError):
    """Tenant data was asked for while no tenant is bound: a fault of ours, refused before it reaches the database."""

    code = "no_tenant_bound"


class DomainOutOfReach(Forbidden):
    """The key is bound to other mail domains: use one that may act for this domain."""

    code = "domain_out_of_reach"


_tenant: ContextVar[TenantId | None] = ContextVar("tenant", default=None)
_domains: ContextVar[frozenset[str]] = ContextVar("domains", default=frozenset())


def bind_tenant(tenant_id: TenantId | None, allowed_domains: frozenset[str] = frozenset()) -> None:
    """Bind for the rest of this request; the request's own context ends it. No domains: all of the tenant's."""
    _tenant.set(tenant_id)
    _domains.set(allowed_domains)


@contextmanager
def acting_for(tenant_id: UUID, allowed_domains: frozenset[str] | None = None) -> Generator[None]:
    """Bind a tenant for a block: jobs, commands, tests; with domains, for a key that is bound to those."""
    token = _tenant.set(TenantId(tenant_id))
    domains = _domains.set(_domains.get() if allowed_domains is None else allowed_domains)
    try:
        yield
    finally:
        _tenant.reset(token)
        _domains.reset(domains)


def bound_tenant() -> TenantId:
    """Give the bound tenant; raises `NoTenant`."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise NoTenant
    return tenant_id


def allowed_domains() -> frozenset[str]:
    """Give the mail domains that who is asking is bound to; none: all of the tenant's."""
    return _domains.get()


def reaches_domain(name: str) -> bool:
    """Say whether who is asking may act for a mail domain, if it is the tenant's."""
    allowed = _domains.get()
    return not allowed or name in allowed


def require_domain(name: str) -> None:
    """Raise `DomainOutOfReach` for a mail domain that the key is not bound to."""
    if not reaches_domain(name):
        raise DomainOutOfReach


def require_all_domains() -> None:
    """Raise `DomainOutOfReach` if the key is bound to some domains: for what concerns none of them, or new ones."""
    if _domains.get():
        raise DomainOutOfReach
