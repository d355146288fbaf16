"""A domain's records follow its MTA-STS policy, which another feature keeps."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.mail_domains.queries import domains
from control_plane.mail_domains.service.platform_domains import show_records
from control_plane.settings import Settings


async def follow_policy(tx: Transaction, settings: Settings, domain_id: UUID, now: datetime) -> None:
    """After a change of the policy: name it at once in a zone of ours, and look soon at what DNS says of it."""
    row = await domains.find(domain_id)
    if row is None:
        return
    if row.is_ours:
        await show_records(tx, settings, row)
    await domains.check_soon(tx.connection, domain_id, now)
