"""Appeals as they are shown."""

import asyncpg

from control_plane.core.ids import encode
from control_plane.enforcement.schemas import Appeal

APPEAL_PREFIX = "apl"


def appeal_view(row: asyncpg.Record) -> Appeal:
    """Show an appeal."""
    return Appeal(
        id=encode(APPEAL_PREFIX, row["id"]),
        tenant_id=encode("ten", row["tenant_id"]),
        status=row["status"],
        cause=row["cause"],
        changed=row["changed"],
        answer=row["answer"],
        created_at=row["created_at"],
        answered_at=row["answered_at"],
    )
