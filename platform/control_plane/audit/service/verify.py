"""Verify the chains of logs: whatever was altered, left out or put in since it was written breaks one."""

from collections.abc import AsyncGenerator
from uuid import UUID

import msgspec

from control_plane.audit import queries
from control_plane.audit.chain import Fault, Head, fault_of
from control_plane.core.database import Database, Transaction

MEANING: dict[Fault, str] = {
    "missing": "an entry before it is missing",
    "not_linked": "it does not follow from the entry before it",
    "altered": "it is not as it was written",
    "head_differs": "the log does not end with it",
}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one log."""

    tenant_id: UUID
    entries: int
    """How many are sound, from the first."""
    broken_at: int | None = None
    """The number of the first entry that is not; for a head that differs, of the last entry."""
    fault: Fault | None = None


async def verify(db: Database, tenant_id: UUID | None = None) -> AsyncGenerator[Verdict]:
    """Verify one tenant's log, or everybody's, each as it is at one moment."""
    if tenant_id is not None:
        yield await _verify_one(db, tenant_id)
        return
    async with db.fleet_tx() as tx:
        owners = await queries.owners(tx)
    for owner in owners:
        yield await _verify_one(db, owner)


async def _verify_one(db: Database, tenant_id: UUID) -> Verdict:
    async with db.fleet_tx() as tx:
        await queries.freeze(tx)
        return await _follow(tx, tenant_id)


async def _follow(tx: Transaction, tenant_id: UUID) -> Verdict:
    reached = Head()
    async for entry in queries.whole(tx, tenant_id):
        fault = fault_of(entry, reached)
        if fault is not None:
            return Verdict(tenant_id=tenant_id, entries=reached.seq, broken_at=entry.seq, fault=fault)
        reached = Head(entry.seq, entry.hash)
    if await queries.head(tx, tenant_id) != reached:
        return Verdict(tenant_id=tenant_id, entries=reached.seq, broken_at=reached.seq, fault="head_differs")
    return Verdict(tenant_id=tenant_id, entries=reached.seq)
