"""Replace a key by another with the same rights, while both work for some time."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.accounts.key_errors import ApiKeyEnded
from control_plane.accounts.key_schemas import CreatedApiKey, KeyRotation
from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import KeyRow
from control_plane.accounts.service.keys import smtp
from control_plane.accounts.service.keys.change import require_rights
from control_plane.accounts.service.keys.make import insert
from control_plane.accounts.service.keys.read import found
from control_plane.accounts.service.keys.view import PREFIX, created, told
from control_plane.audit import service as audit
from control_plane.core.actor import current_actor
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import encode, new_uuid


async def rotate_key(db: Database, clock: Clock, maker: Subject, key_id: UUID, rotation: KeyRotation) -> CreatedApiKey:
    """Make a key with the same rights; the old one ends after the overlap.

    Raises `NotFound`, `KeyBeyondYou`, and `ApiKeyEnded` for a key that has expired or was replaced before.
    """
    now = clock.now()
    async with db.tenant_tx() as tx:
        row = await found(tx, key_id, lock=True)
        require_rights(maker, row)
        if row.replaced_by is not None or (row.expires_at is not None and row.expires_at <= now):
            raise ApiKeyEnded
        new = _successor(row, now)
        secret = await insert(tx, new)
        await _let_end(tx, row, new, now, rotation.overlap_seconds)
    return created(new, secret)


def _successor(row: KeyRow, now: datetime) -> KeyRow:
    return msgspec.structs.replace(
        row,
        id=new_uuid(),
        created_at=now,
        created_by=current_actor().name,
        last_used_at=None,
        last_used_address=None,
    )


async def _let_end(tx: Transaction, row: KeyRow, new: KeyRow, now: datetime, overlap_seconds: int) -> None:
    ends_at = now + timedelta(seconds=overlap_seconds)
    if row.expires_at is not None:
        ends_at = min(ends_at, row.expires_at)
    old = msgspec.structs.replace(row, replaced_by=new.id, expires_at=ends_at)
    await queries.save(tx, old)
    if overlap_seconds == 0:
        await queries.revoke(tx, row.id, now)
        await smtp.withdraw(tx, row)
    else:
        await smtp.publish(tx, old)
    after = told(old) | {"replaced_by": encode(PREFIX, new.id)}
    audit.record(tx, "api-keys.rotate", encode(PREFIX, row.id), before=told(row), after=after)
