"""Which tenant the running request or job acts for; bound once at the edge, read by `Database.tenant_tx`."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from control_plane.core.errors import FleetpostError
from control_plane.core.ids import TenantId


class NoTenant(FleetpostError):
    """Tenant data was asked for while no tenant is bound: a fault of ours, refused before it reaches the database."""

    code = "no_tenant_bound"


_tenant: ContextVar[TenantId | None] = ContextVar("tenant", default=None)


def bind_tenant(tenant_id: TenantId | None) -> None:
    """Bind for the rest of this request; the request's own context ends it."""
    _tenant.set(tenant_id)


@contextmanager
def acting_for(tenant_id: UUID) -> Generator[None]:
    """Bind a tenant for a block: jobs, commands, tests."""
    token = _tenant.set(TenantId(tenant_id))
    try:
        yield
    finally:
        _tenant.reset(token)


def bound_tenant() -> TenantId:
    """Give the bound tenant; raises `NoTenant`."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise NoTenant
    return tenant_id
