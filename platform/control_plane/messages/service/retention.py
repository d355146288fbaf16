"""For how long it is kept what messages say: a tenant's choice, and a sweep that carries it out."""

from typing import TypeAlias
from uuid import UUID

from control_plane.audit import service as audit
from control_plane.blobs import service as blobs
from control_plane.core import etag, ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.messages.act_schemas import ContentRetention, NewContentRetention
from control_plane.messages.queries import content as queries

_EACH = 500
_AT_ONCE = 2000
_ROUNDS = 1000

_Key: TypeAlias = tuple[UUID, UUID]
"""A tenant and its message."""
_FIRST: _Key = (UUID(int=0), UUID(int=0))


async def retention(db: Database) -> ContentRetention:
    """Give the bound tenant's choice."""
    async with db.tenant_tx() as tx:
        return ContentRetention(content_days=await queries.days(tx.connection, bound_tenant()))


async def set_retention(db: Database, wanted: NewContentRetention, if_match: str | None = None) -> ContentRetention:
    """Choose anew; what was forgotten stays so. Raises `PreconditionFailed`."""
    require_all_domains()
    tenant_id, after = bound_tenant(), ContentRetention(content_days=wanted.content_days)
    async with db.tenant_tx() as tx:
        before = ContentRetention(content_days=await queries.days(tx.connection, tenant_id))
        etag.check(if_match, before)
        await queries.set_days(tx.connection, tenant_id, wanted.content_days)
        fields = [{"content_days": each.content_days} for each in (before, after)]
        audit.record(tx, "account.change_retention", ids.encode("ten", tenant_id), before=fields[0], after=fields[1])
    return after


async def forget_contents(db: Database, clock: Clock) -> int:
    """Forget what is old enough and was sent; gives of how many messages.

    A message of which something is still to be sent is remembered, and looked at again with the next run.
    """
    forgotten = 0
    for _ in range(_ROUNDS):
        some = await _forget_some(db, clock)
        if some is None:
            break
        forgotten += some
    return forgotten + await _forget_waited_for(db, clock)


async def _forget_some(db: Database, clock: Clock) -> int | None:
    """Forget some in one transaction; None: there is nothing more."""
    async with db.fleet_tx() as tx:
        rows = await queries.old(tx.connection, clock.now(), _EACH, _AT_ONCE)
        if not rows:
            return None
        waiting = await queries.still_waiting(tx.connection, rows)
        keys = [(row["tenant_id"], row["id"]) for row in rows]
        done = [key for key in keys if key not in waiting]
        if done:
            await queries.forget(tx.connection, done)
            await blobs.end_use(tx, done, clock.now())
        if waiting:
            await queries.wait_for(tx.connection, sorted(waiting))
        await queries.advance(tx.connection, dict(sorted(keys)))  # of each tenant, the last
    return len(done)


async def _forget_waited_for(db: Database, clock: Clock) -> int:
    """Look through all that are remembered: of those that still wait there may be any number."""
    forgotten = 0
    after: _Key | None = _FIRST
    while after is not None:
        some, after = await _forget_some_waited_for(db, clock, after)
        forgotten += some
    return forgotten


async def _forget_some_waited_for(db: Database, clock: Clock, after: _Key) -> tuple[int, _Key | None]:
    """Forget some in one transaction; gives of how many, and after which to go on, if there may be more."""
    async with db.fleet_tx() as tx:
        rows = await queries.waited_for(tx.connection, after, _AT_ONCE)
        if not rows:
            return 0, None
        waiting = await queries.still_waiting(tx.connection, rows)
        keys = [(row["tenant_id"], row["id"]) for row in rows]
        done = [key for key in keys if key not in waiting]
        if done:
            await queries.forget(tx.connection, done)
            await blobs.end_use(tx, done, clock.now())
            await queries.wait_no_more(tx.connection, done)
    return len(done), keys[-1] if len(keys) == _AT_ONCE else None
