"""What checks of a domain found in the course of time."""

from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, time_of
from control_plane.core.pagination import Page
from control_plane.mail_domains.queries import domains, history
from control_plane.mail_domains.schemas import DomainCheck, RecordChange

PREFIX = "chk"
_KEPT = timedelta(days=400)
_FORGOTTEN_AT_ONCE = 5000

_changes = msgspec.json.Decoder(list[RecordChange])


async def checks(db: Database, domain_id: UUID, after: UUID | None, limit: int) -> Page[DomainCheck]:
    """List the checks that found something new, newest first; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        if await domains.find(domain_id) is None:
            raise NotFound
        rows = await history.page(tx.connection, domain_id, after, limit + 1)
    shown = tuple(
        [
            DomainCheck(
                id=encode(PREFIX, row["id"]),
                at=time_of(row["id"]),
                status=row["status"],
                changes=_changes.decode(row["changes"]),
            )
            for row in rows[:limit]
        ]
    )
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def forget_old_checks(db: Database, clock: Clock) -> None:
    """Delete what is older than 400 days."""
    while True:
        async with db.fleet_tx() as tx:
            gone = await history.forget(tx.connection, clock.now() - _KEPT, _FORGOTTEN_AT_ONCE)
        if gone < _FORGOTTEN_AT_ONCE:
            return
