"""Accept what came by SMTP: one message with one timeline, the same rules and the same limits as through the API."""

import hashlib
from uuid import UUID

from control_plane.blobs.service import keep
from control_plane.core import ids
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.idempotency import MOST_CHARACTERS, IdempotencyKeyInUse, IdempotencyKeyReused
from control_plane.core.sandbox import in_mode
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.aside import Aside
from control_plane.messages.queries import read, submitted
from control_plane.messages.raw import KEY_LIVES, RawSubmission, read_raw
from control_plane.messages.schemas import AcceptedMessage, AcceptedRecipient
from control_plane.messages.service.accept import Charge, store_batch
from control_plane.messages.service.size import whole_within_plan
from control_plane.messages.statuses import summary

__all__ = ["RawSubmission", "accept_raw"]


async def accept_raw(
    db: Database, clock: Clock, submission: RawSubmission, blobs: Blobs | None = None
) -> AcceptedMessage:
    """Accept a whole message for a tenant, once for each of its keys: that of the receiver and that of the sender.

    Raises `Invalid`, also for what is larger than the plan allows, `DomainNotUsable`, `QuotaExceeded`,
    `IdempotencyKeyReused`.
    """
    aside = None if blobs is None else Aside()
    mail = read_raw(submission, aside)
    keys = sorted({_checked(key) for key in (submission.idempotency_key, mail.idempotency_key) if key})
    with acting_for(submission.tenant_id, submission.allowed_domains), in_mode(submission.mode):
        fit = await whole_within_plan(db, mail.composed, len(submission.raw))
        if isinstance(fit, Refused):
            raise fit
        if blobs is not None and aside is not None:
            await keep(db, clock, blobs, aside.needed_by(mail.composed.files))
        async with db.joined_tx() as tx:  # the keys and what was done under them: both, or neither
            known = await _claim(tx, keys, submission)
            if known is not None:
                return await _answer(tx, known)
            charge: Charge = "before" if submission.is_counted else "now"
            [result] = await store_batch(db, clock, [mail.composed], charge=charge)
            if isinstance(result, Refused):
                raise result
            for key in keys:
                await submitted.remember(tx.connection, bound_tenant(), key, ids.decode("msg", result.id))
    return result


async def _claim(tx: Transaction, keys: list[str], submission: RawSubmission) -> UUID | None:
    """Claim the keys, in order; gives the message that was accepted under one of them before."""
    content_hash = _hash(submission)
    known: UUID | None = None
    for key in keys:
        lives = submission.key_lives if key == submission.idempotency_key else KEY_LIVES
        if await submitted.claim(tx.connection, bound_tenant(), key, content_hash, lives):
            continue
        found = await submitted.remembered(tx.connection, bound_tenant(), key)
        if found is None:  # swept away in between
            raise IdempotencyKeyInUse
        before, known = found
        if before != content_hash:
            raise IdempotencyKeyReused
    if known is not None:
        for key in keys:
            await submitted.remember(tx.connection, bound_tenant(), key, known)
    return known


async def _answer(tx: Transaction, message_id: UUID) -> AcceptedMessage:
    rows = await read.deliveries(tx.connection, bound_tenant(), [message_id])
    recipients = tuple(
        AcceptedRecipient(email=row["recipient"], delivery_id=ids.encode("dlv", row["id"]), status=row["status"])
        for row in rows
    )
    status = summary(each.status for each in recipients)
    sandbox = all(row["pool_id"] == SANDBOX_POOL for row in rows)
    return AcceptedMessage(id=ids.encode("msg", message_id), status=status, recipients=recipients, sandbox=sandbox)


def _hash(submission: RawSubmission) -> bytes:
    """Tell submissions apart by who writes to whom: clients that try again make header and boundaries anew."""
    return hashlib.sha256("\n".join([submission.sender, *sorted(submission.recipients)]).encode()).digest()


def _checked(key: str) -> str:
    if len(key) > MOST_CHARACTERS or not key.isascii() or not key.isprintable():
        message = f"Use 1 to {MOST_CHARACTERS} printable ASCII characters."
        raise Invalid(errors=(FieldError("headers.Idempotency-Key", message),))
    return key
