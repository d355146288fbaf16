"""Have a notice sent: in the transaction that it tells of, so that both are kept or neither."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.notices import queries
from control_plane.notices.schemas import Notice

SEND_JOB = "notices.send"
_WORTH_SENDING = timedelta(days=2)


async def write(
    tx: Transaction,
    recipient: str,
    notice: Notice,
    *,
    language: str | None = None,
    about: UUID | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Write to a person, in a transaction of any kind; the mail leaves right after the commit.

    `language`: a code such as `de`, if not the person's own choice. `about`: the tenant whose host the links lead to.
    `expires_at`: when the mail is of no use any more.
    """
    notice_id = new_uuid()
    until = expires_at or datetime.now(UTC) + _WORTH_SENDING
    await queries.insert(tx, notice_id, recipient, msgspec.json.encode(notice).decode(), language, about, until)
    tx.outbox.trigger(SEND_JOB, str(notice_id))


async def tell_tenant(tx: Transaction, notice: Notice) -> None:
    """Write to the owners and admins of the bound tenant, each in their own language, in a transaction of its own."""
    for address in await queries.in_charge(tx):
        await write(tx, address, notice, about=bound_tenant())
