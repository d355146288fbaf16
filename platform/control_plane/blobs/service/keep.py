"""Keeping files: written first, and then used, in the same transaction as what uses them.

A file that nothing came to use, because what it was meant for was refused or somebody was killed, goes after a day.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.blobs import queries
from control_plane.core.blobs import BlobGone, Blobs, Source, StoreAway
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant

UNUSED_FOR = timedelta(days=1)


class NewBlob(msgspec.Struct, frozen=True):
    """A file that is to be kept."""

    id: UUID
    source: Source


async def keep(db: Database, clock: Clock, blobs: Blobs, new: Sequence[NewBlob]) -> None:
    """Keep the bound tenant's files, for a day unless something uses them; raises `StoreAway`."""
    if not new:
        return
    described = [blobs.describe(bound_tenant(), each.id, each.source) for each in new]
    async with db.fleet_tx() as tx:  # whatever becomes of a transaction around, these are known of
        await queries.register(tx.connection, described, clock.now() + UNUSED_FOR)
    try:
        async with asyncio.TaskGroup() as group:
            for blob, each in zip(described, new, strict=True):
                group.create_task(blobs.put(blob, each.source))
    except ExceptionGroup as group:
        if group.split(StoreAway)[1] is not None:
            raise
        raise StoreAway from group


async def use(tx: Transaction, uses: Sequence[tuple[UUID, UUID]]) -> None:
    """Note for the bound tenant which things use which files; raises `BlobGone` if one is not there."""
    wanted = sorted(set(uses))
    if wanted and await queries.use(tx.connection, bound_tenant(), wanted) < len(wanted):
        raise BlobGone
