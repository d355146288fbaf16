"""Files are kept while something uses them, and forgotten when nothing does any more."""

import asyncio
import os
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from control_plane.blobs import service
from control_plane.blobs.service import NewBlob
from control_plane.core import ids
from control_plane.core.blobs import BlobGone, InMemory, StoreAway
from control_plane.core.clock import Clock, FixedClock, SystemClock
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant


class _Rollback(Exception):
    pass


def later(days: float) -> Clock:
    return FixedClock(SystemClock().now() + timedelta(days=days))


async def keep(runtime: Runtime, tenant: Tenant, content: bytes) -> UUID:
    blob_id = ids.new_uuid()
    with acting_for(tenant.id):
        await service.keep(runtime.db, runtime.clock, runtime.blobs, [NewBlob(blob_id, InMemory(content))])
    return blob_id


async def use(runtime: Runtime, tenant: Tenant, *blob_ids: UUID) -> UUID:
    """Have something use files; gives what."""
    user = ids.new_uuid()
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await service.use(tx, [(user, blob_id) for blob_id in blob_ids])
    return user


async def end_use(runtime: Runtime, tenant: Tenant, *users: UUID) -> None:
    async with runtime.db.fleet_tx() as tx:
        await service.end_use(tx, [(tenant.id, user) for user in users], runtime.clock.now())


async def read(runtime: Runtime, tenant: Tenant, blob_id: UUID) -> bytes:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            found = await service.find(tx, tenant.id, [blob_id])
    return await service.whole(runtime.blobs, found[blob_id])


async def test_a_store_that_is_away_is_told_as_such(
    runtime: Runtime, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(runtime.blobs, "put", away)
    with pytest.raises(StoreAway):
        await keep(runtime, tenant, b"kept nowhere")


async def test_what_nothing_came_to_use_goes_after_a_day(runtime: Runtime, tenant: Tenant) -> None:
    blob_id = await keep(runtime, tenant, b"unused")
    await service.forget(runtime.db, later(0.9), runtime.blobs)
    assert await read(runtime, tenant, blob_id) == b"unused"
    await service.forget(runtime.db, later(1.1), runtime.blobs)
    with pytest.raises(BlobGone):
        await read(runtime, tenant, blob_id)


async def test_what_is_used_stays_until_the_last_use_has_ended(runtime: Runtime, tenant: Tenant) -> None:
    content = os.urandom(100_000)
    blob_id = await keep(runtime, tenant, content)
    first, second = await use(runtime, tenant, blob_id), await use(runtime, tenant, blob_id)
    await end_use(runtime, tenant, first)
    await service.forget(runtime.db, later(99), runtime.blobs)
    assert await read(runtime, tenant, blob_id) == content
    await end_use(runtime, tenant, second)
    await service.forget(runtime.db, runtime.clock, runtime.blobs)
    with pytest.raises(BlobGone):
        await read(runtime, tenant, blob_id)


async def test_the_bytes_are_gone_too(runtime: Runtime, tenant: Tenant) -> None:
    blob_id = await keep(runtime, tenant, b"gone")
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            found = await service.find(tx, tenant.id, [blob_id])
    await service.forget(runtime.db, later(2), runtime.blobs)
    with pytest.raises(BlobGone):
        await service.whole(runtime.blobs, found[blob_id])


async def test_what_was_rolled_back_used_nothing(runtime: Runtime, tenant: Tenant) -> None:
    blob_id = await keep(runtime, tenant, b"rolled back")
    with acting_for(tenant.id), suppress(_Rollback):
        async with runtime.db.tenant_tx() as tx:
            await service.use(tx, [(ids.new_uuid(), blob_id)])
            raise _Rollback
    await service.forget(runtime.db, later(2), runtime.blobs)
    with pytest.raises(BlobGone):
        await use(runtime, tenant, blob_id)


async def test_a_transaction_around_that_fails_leaves_the_file_known(runtime: Runtime, tenant: Tenant) -> None:
    blob_id = ids.new_uuid()
    with acting_for(tenant.id), suppress(_Rollback):
        async with runtime.db.joined_tx():
            await service.keep(runtime.db, runtime.clock, runtime.blobs, [NewBlob(blob_id, InMemory(b"kept"))])
            raise _Rollback
    assert await read(runtime, tenant, blob_id) == b"kept"


async def test_nobody_uses_or_finds_anothers_file(runtime: Runtime, tenant: Tenant, stranger: Tenant) -> None:
    blob_id = await keep(runtime, tenant, b"mine")
    with pytest.raises(BlobGone):
        await use(runtime, stranger, blob_id)
    with pytest.raises(BlobGone):
        await read(runtime, stranger, blob_id)


async def test_who_comes_to_use_it_while_it_is_being_forgotten_keeps_it_or_is_told(
    runtime: Runtime, tenant: Tenant
) -> None:
    for _ in range(10):
        blob_id = await keep(runtime, tenant, b"raced for")
        users = [use(runtime, tenant, blob_id) for _ in range(3)]
        sweeps = [service.forget(runtime.db, later(2), runtime.blobs) for _ in range(2)]
        outcomes = await asyncio.gather(*users, *sweeps, return_exceptions=True)
        told = [outcome for outcome in outcomes[:3] if isinstance(outcome, BlobGone)]
        if len(told) < 3:
            await service.forget(runtime.db, later(2), runtime.blobs)
            assert await read(runtime, tenant, blob_id) == b"raced for"
        else:
            with pytest.raises(BlobGone):
                await read(runtime, tenant, blob_id)


async def test_files_that_many_use_at_once_are_no_deadlock(runtime: Runtime, tenant: Tenant) -> None:
    blob_ids = [await keep(runtime, tenant, bytes([number])) for number in range(5)]
    orders = [blob_ids if number % 2 else blob_ids[::-1] for number in range(12)]
    await asyncio.gather(*(use(runtime, tenant, *order) for order in orders))
