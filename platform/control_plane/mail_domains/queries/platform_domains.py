"""The SQL of domains that the platform gives, below its own zone; as the app role for the bound tenant."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant


async def take_label(connection: Connection, label: str, now: datetime) -> bool:
    """Take a label for good; False if it is or was another tenant's."""
    await connection.execute(
        "insert into platform_labels (tenant_id, label, given_at) values ($1, $2, $3) on conflict do nothing",
        bound_tenant(),
        label,
        now,
    )
    return bool(
        await connection.fetchval(
            "select exists (select from platform_labels where tenant_id = $1 and label = $2)", bound_tenant(), label
        )
    )


async def mark_ours(connection: Connection, domain_id: UUID, now: datetime) -> None:
    """Note that a domain lies in our own zone, so that nobody has to prove anything."""
    await connection.execute(
        """update mail_domains set is_ours = true, proven_at = $3, status = 'verified', dkim_look_at = $3
           where tenant_id = $1 and id = $2""",
        bound_tenant(),
        domain_id,
        now,
    )
