"""Host names of brands: DNS says whose they are, when they are entered and ever again."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.agencies.errors import HostTaken
from control_plane.agencies.queries import brands as queries
from control_plane.agencies.schemas import Brand
from control_plane.agencies.service.brands import PREFIX, proof_host, proof_value, view
from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.mail_domains.resolver import Answer, Resolver
from control_plane.settings import Settings

_EVERY = timedelta(hours=6)
_MOST = 100


async def check(db: Database, settings: Settings, clock: Clock, resolver: Resolver) -> Brand:
    """Look the bound tenant's host name up now; raises `NotFound` without one, `HostTaken`.

    The proof makes it the agency's. Gone again, the name no longer wears the brand; no answer changes nothing.
    """
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection)
    if row is None or not row.host:
        raise NotFound
    answer = await resolver.lookup(proof_host(row.host), "TXT")
    async with db.tenant_tx() as tx:
        known = await queries.find(tx.connection, lock=True)
        if known is None or known.host != row.host:
            raise NotFound
        judged = _judged(known, answer, clock)
        is_free = await _save(tx, judged, known)
        if (judged.host_proven_at is None) != (known.host_proven_at is None) and is_free:
            told = {"host": judged.host, "proven": judged.host_proven_at is not None}
            audit.record(tx, "brand.host", ids.encode(PREFIX, row.id), after=told)
    if not is_free:
        raise HostTaken
    return view(judged, settings)


async def _save(tx: Transaction, judged: queries.BrandRow, known: queries.BrandRow) -> bool:
    """Store what was found; if another has proven the name, only that it was looked up. Says which."""
    try:
        async with tx.savepoint():
            await queries.save(tx.connection, judged)
    except asyncpg.UniqueViolationError:
        await queries.save(tx.connection, msgspec.structs.replace(known, host_checked_at=judged.host_checked_at))
        return False
    return True


async def due(db: Database, clock: Clock) -> list[UUID]:
    """List the tenants whose host names are to be looked up again."""
    async with db.fleet_tx() as tx:
        rows = await queries.hosts_to_check(tx.connection, clock.now() - _EVERY, _MOST)
    return [row["tenant_id"] for row in rows]


def _judged(row: queries.BrandRow, answer: Answer, clock: Clock) -> queries.BrandRow:
    if answer.problem is not None:
        return msgspec.structs.replace(row, host_checked_at=clock.now())
    is_proven = proof_value(row.host_token) in answer.values
    proven_at = (row.host_proven_at or clock.now()) if is_proven else None
    return msgspec.structs.replace(row, host_checked_at=clock.now(), host_proven_at=proven_at)
