"""Pools as they are made, renamed, made the default and deleted by operators."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode, encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.ip_pools.errors import PoolEmpty, PoolExists, PoolInUse
from control_plane.ip_pools.life import TAKES_MAIL
from control_plane.ip_pools.queries import pooling as queries
from control_plane.ip_pools.queries.pooling import PoolRow
from control_plane.ip_pools.schemas import IpPool, NewPool, PoolChange, PoolId
from control_plane.ip_pools.service import PREFIX, forget_choice, view

TELL_JOB = "ip_pools.tell_nodes"


async def list_pools(tx: Transaction, after: UUID | None, limit: int, *, owner: UUID | None = None) -> Page[IpPool]:
    """List all pools, or those that are a tenant's own, oldest first (fleet role)."""
    rows = await queries.page(tx.connection, owner, after, limit + 1)
    members = await queries.members(tx.connection, [row.id for row in rows[:limit]])
    shown = tuple([view.pool(row, members) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get(tx: Transaction, pool_id: UUID) -> IpPool:
    """Give a pool (fleet role); raises `NotFound`."""
    row = await queries.find(tx.connection, pool_id)
    if row is None:
        raise NotFound
    return await _view(tx, row)


async def create(tx: Transaction, new: NewPool, clock: Clock) -> IpPool:
    """Make a pool, which is no default yet (fleet role); raises `Invalid`, `NotFound`."""
    _check_name(new.name)
    tenant_id = None if new.tenant_id is None else _tenant(new.tenant_id)
    if tenant_id is not None and await queries.tenant_name(tx.connection, tenant_id) is None:
        raise NotFound
    if new.kind == "risk" and tenant_id is not None:
        raise Invalid(errors=(FieldError("kind", "A pool for risks is everybody's: leave the tenant out."),))
    row = PoolRow(
        id=PoolId(new_uuid()),
        tenant_id=tenant_id,
        name=new.name,
        kind=new.kind or ("shared" if tenant_id is None else "dedicated"),
        stream=new.stream,
        is_default=False,
        created_at=clock.now(),
    )
    await queries.insert(tx.connection, row)
    audit.record_for_fleet(tx, "ip_pools.create", encode(PREFIX, row.id), after=_told(row))
    return view.pool(row, ())


async def change(tx: Transaction, pool_id: UUID, wanted: PoolChange, if_match: str | None = None) -> IpPool:
    """Rename a pool or make it the default (fleet role); raises `NotFound`, `PoolEmpty`, `PreconditionFailed`."""
    row = await _locked(tx, pool_id)
    etag.check(if_match, await _view(tx, row))
    changed = row
    if wanted.name is not msgspec.UNSET:
        _check_name(wanted.name)
        await queries.rename(tx.connection, row.id, wanted.name)
        changed = msgspec.structs.replace(changed, name=wanted.name)
    if wanted.is_default is not msgspec.UNSET and not row.is_default:
        await _make_default(tx, row)
        changed = msgspec.structs.replace(changed, is_default=True)
    audit.record_for_fleet(tx, "ip_pools.change", encode(PREFIX, row.id), before=_told(row), after=_told(changed))
    return await _view(tx, changed)


async def delete(tx: Transaction, pool_id: UUID, if_match: str | None = None) -> None:
    """Delete a pool that never had an address (fleet role); raises `NotFound`, `PoolInUse`, `PreconditionFailed`."""
    row = await _locked(tx, pool_id)
    etag.check(if_match, await _view(tx, row))
    if not await queries.delete_unused(tx.connection, pool_id):
        raise PoolInUse
    audit.record_for_fleet(tx, "ip_pools.delete", encode(PREFIX, row.id), before=_told(row))


async def _make_default(tx: Transaction, row: PoolRow) -> None:
    if row.kind == "risk":
        raise Invalid(errors=(FieldError("is_default", "A pool for risks is for those alone who are one."),))
    members = await queries.members(tx.connection, [row.id])
    if not any(each["status"] in TAKES_MAIL and not each["standby"] for each in members):
        raise PoolEmpty
    try:
        async with tx.savepoint():
            await queries.make_default(tx.connection, row)
        if row.tenant_id is not None:
            forget_choice(row.tenant_id, row.stream)
            tx.outbox.trigger(TELL_JOB)
    except asyncpg.UniqueViolationError as error:  # somebody else made another one the default just now
        raise PoolExists from error


async def _locked(tx: Transaction, pool_id: UUID) -> PoolRow:
    row = await queries.lock(tx.connection, pool_id)
    if row is None:
        raise NotFound
    return row


async def _view(tx: Transaction, row: PoolRow) -> IpPool:
    return view.pool(row, await queries.members(tx.connection, [row.id]))


def _check_name(name: str) -> None:
    if not is_one_line(name) or not name.strip():
        raise Invalid(errors=(FieldError("name", NOT_ONE_LINE),))


def _tenant(public_id: str) -> UUID:
    try:
        return decode("ten", public_id)
    except MalformedId as error:
        raise NotFound from error


def _told(row: PoolRow) -> dict[str, object]:
    owner = None if row.tenant_id is None else encode("ten", row.tenant_id)
    return {"name": row.name, "stream": row.stream, "is_default": row.is_default, "tenant_id": owner}
