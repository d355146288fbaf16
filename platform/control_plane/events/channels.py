"""Where it is signalled that a tenant has something new to read."""

from uuid import UUID


def of_tenant(tenant_id: UUID) -> str:
    """Name a tenant's channel."""
    return f"events:{tenant_id}"
