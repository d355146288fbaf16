"""Write to operators when other servers begin to refuse mail because of us, with examples of what they say."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.bounces import rising
from control_plane.bounces.classify import ABOUT_US
from control_plane.bounces.queries import counts
from control_plane.bounces.rising import Refusals
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.notices import service as notices
from control_plane.notices.schemas import RefusalsRising

_TOLD_AGAIN_AFTER = timedelta(days=1)
_PATH = "/operator"


async def tell_of_refusals(db: Database, clock: Clock) -> int:
    """Write of each reason that is new or has become frequent, at most once a day each; gives how many.

    The letters are committed first: a crash in between writes twice, never not at all.
    """
    now = clock.now()
    since, lately = now - rising.COMPARED_WITH, now - rising.LATELY
    async with db.fleet_tx() as tx:
        rows = await counts.rising(tx.connection, since, lately, ABOUT_US, now - _TOLD_AGAIN_AFTER, rising.LEAST)
        risen = [row for row in rows if rising.is_rise(Refusals(lately=row["lately"], before=row["before"]))]
        operator = await counts.operator(tx.connection) if risen else None
        if operator is not None:
            await _write(db, operator, risen)
        for row in risen:
            await counts.note_told(tx.connection, row["provider"], row["bounce_class"], now)
    return len(risen)


async def _write(db: Database, operator: UUID, risen: list[asyncpg.Record]) -> None:
    with acting_for(operator):
        async with db.tenant_tx() as letters:
            for row in risen:
                await notices.tell_tenant(letters, _letter(row))


def _letter(row: asyncpg.Record) -> RefusalsRising:
    return RefusalsRising(
        path=_PATH,
        provider=row["provider"],
        bounce_class=row["bounce_class"],
        bounces=row["lately"],
        examples=tuple(row["examples"] or ()),
    )
