"""A person's own affairs, which belong to no tenant; they stand in the log of the tenant that the person belongs to."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from control_plane.accounts.queries import own_places
from control_plane.audit import service as audit
from control_plane.audit.redaction import Fields
from control_plane.core import ids
from control_plane.core.actor import current_actor
from control_plane.core.database import Database, Transaction
from control_plane.notices import service as notices
from control_plane.notices.schemas import SecurityEvent, SecurityNews


@asynccontextmanager
async def personal_tx(db: Database, user_id: UUID, home: UUID | None = None) -> AsyncGenerator[Transaction]:
    """Open a transaction that sees what is a person's own, and may `note` it in the log of `home`.

    `home` is where the person belongs; the actor's tenant, if it is not said.
    """
    async with db.user_tx(user_id) as tx:
        belongs_to = home or current_actor().tenant_id
        if belongs_to is not None:
            await tx.connection.execute("select set_config('app.tenant_id', $1, true)", str(belongs_to))
        yield tx


def note(
    tx: Transaction, act: str, user_id: UUID, *, after: Fields | None = None, before: Fields | None = None
) -> None:
    """Record a personal act in the log of the tenant that the actor belongs to."""
    belongs_to = current_actor().tenant_id
    if belongs_to is not None:
        audit.record(
            tx, f"accounts.{act}", ids.encode("usr", user_id), before=before, after=after, tenant_id=belongs_to
        )


async def tell(tx: Transaction, news: SecurityEvent) -> None:
    """Write to the bound person that what they prove with who they are has changed."""
    person = await own_places.person(tx)
    await notices.write(tx, person["email"], SecurityNews(news, current_actor().address))
