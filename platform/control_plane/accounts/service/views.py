"""From rows to what others see."""

import asyncpg

from control_plane.accounts.schemas import TenantView
from control_plane.core import ids


def tenant_view(row: asyncpg.Record) -> TenantView:
    """Show a tenant as it sees itself."""
    return TenantView(id=ids.encode("ten", row["id"]), name=row["name"], kind=row["kind"], status=row["status"])
