"""Begin a rotation: new keys in the free slots, on the nodes and in the zone before any of them signs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.core.threads import in_thread
from control_plane.mail_domains import dkim
from control_plane.mail_domains.dkim import Algorithm, KeyPair
from control_plane.mail_domains.dkim_life import Step, at_rest, free_slot, next_rotation
from control_plane.mail_domains.errors import NotProven, RotationUnderWay
from control_plane.mail_domains.queries import dkim_keys, dkim_rotation
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.dkim_rotation import RotationRow
from control_plane.mail_domains.service import items
from control_plane.mail_domains.service.dkim_keeping import KEEP_JOB, Keeper
from control_plane.mail_domains.service.dkim_making import seal, show
from control_plane.mail_domains.service.view import PREFIX


async def rotate(means: Keeper, domain_id: UUID, *, compromised: bool = False) -> None:
    """Begin to replace a domain's keys; raises `NotFound`, `NotProven`, `RotationUnderWay`."""
    pairs = await in_thread(dkim.new_key_pairs)
    async with means.db.tenant_tx() as tx:
        row = await dkim_rotation.find(tx.connection, domain_id, lock=True)
        if row is None:
            raise NotFound
        require_domain(row.name)
        if not row.is_proven:
            raise NotProven
        before = await dkim_keys.keys_of([domain_id])
        if compromised:
            await _withdraw(tx, row, before, means.clock.now())
        await _replace(tx, means, row, pairs, before, compromised=compromised)


async def _withdraw(tx: Transaction, row: RotationRow, keys: Sequence[KeyRow], now: datetime) -> None:
    """Give up keys that others may have.

    Where the customer publishes them, they can only be taken away by the customer: they sign on until there are others.
    """
    signing = [key.id for key in keys if key.status == "active"]
    await dkim_keys.mark_compromised(
        tx.connection, [key.id for key in keys if key.status in ("active", "retiring")], now
    )
    gone = [key.id for key in keys if key.status == "retiring"] + (signing if row.mode == "cname" else [])
    await dkim_keys.take(tx.connection, Step(retire=tuple(gone)), now)


async def _replace(
    tx: Transaction,
    means: Keeper,
    row: RotationRow,
    pairs: Sequence[KeyPair],
    before: Sequence[KeyRow],
    *,
    compromised: bool,
) -> None:
    now, keys = means.clock.now(), await dkim_keys.keys_of([row.id])
    new = [seal(pair, row.id, means.vault, now) for pair in _placed(pairs, keys, before, compromised=compromised)]
    if not new and not compromised:
        raise RotationUnderWay
    await dkim_keys.insert_keys(new)
    keys = await dkim_keys.keys_of([row.id])
    await show(tx, means.settings, row.id, keys)
    touched = {key.selector for key in before if key.status != "retired"} | {key.selector for key in new}
    await items.publish_keys(tx, means.vault, row.name, keys, touched)
    await dkim_rotation.look_at(tx.connection, row.id, now, next_rotation(now, row.rotate_days))
    audit.record(
        tx,
        "domains.rotate_dkim",
        encode(PREFIX, row.id),
        before=_told(before),
        after=_told(keys) | ({"compromised": True} if compromised else {}),
    )
    tx.outbox.trigger(KEEP_JOB, str(bound_tenant()), str(row.id))


def _placed(
    pairs: Sequence[KeyPair], keys: Sequence[KeyRow], before: Sequence[KeyRow], *, compromised: bool
) -> list[KeyPair]:
    """Give each new key the slot that is free; an algorithm that is not at rest gets none, but for an emergency."""
    placed = []
    for pair in pairs:
        slot = free_slot(keys, pair.algorithm, avoid=_signing(before, pair.algorithm))
        if slot is not None and (pair.algorithm in at_rest(keys) or (compromised and not _waits(keys, pair.algorithm))):
            placed.append(msgspec.structs.replace(pair, selector=slot))
    return placed


def _signing(keys: Sequence[KeyRow], algorithm: Algorithm) -> str | None:
    return next((key.selector for key in keys if key.status == "active" and key.algorithm == algorithm), None)


def _waits(keys: Sequence[KeyRow], algorithm: Algorithm) -> bool:
    return any(key.status == "pending" and key.algorithm == algorithm for key in keys)


def _told(keys: Sequence[KeyRow]) -> dict[str, object]:
    return {key.selector: key.status for key in keys if key.status != "retired"}
