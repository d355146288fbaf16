"""Keep what came by SMTP and cannot be sent: a message that failed, whose timeline says why.

Its program was told yes by the node, before it was known here that it would have to be no.
"""

import hashlib
from email.parser import BytesHeaderParser
from email.policy import compat32
from uuid import UUID

from control_plane.blobs.service import keep, use
from control_plane.core import ids
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.sandbox import in_mode, is_test
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.core.text import one_line_of
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.aside import Aside
from control_plane.messages.events import failed_data, in_sandbox
from control_plane.messages.queries import store, submitted
from control_plane.messages.raw import RawSubmission
from control_plane.messages.search.terms import Findable, keys_of
from control_plane.webhooks import service as webhooks
from tenant_agent import wire

_NO_DOMAIN = UUID(int=0)
_LONGEST = 998
_HEADER_BYTES = 64 * 1024
_MOST_RECIPIENTS = 500


async def keep_failed(
    db: Database, clock: Clock, submission: RawSubmission, refused: Refused, blobs: Blobs | None = None
) -> None:
    """Keep a submission as a message that failed; once, by the receiver's key for it. If it is large, in `blobs`."""
    aside = None if blobs is None else Aside()
    content = _content(submission, aside)
    with acting_for(submission.tenant_id), in_mode(submission.mode):
        if blobs is not None and aside is not None:
            await keep(db, clock, blobs, aside.needed_by(wire.files_of(content)))
        async with db.tenant_tx() as tx:
            key = submission.idempotency_key
            if key is not None and not await submitted.claim(
                tx.connection, bound_tenant(), key, _hash(submission), submission.key_lives
            ):
                return
            message_id = await _store(tx, clock, submission, content, refused)
            if key is not None:
                await submitted.remember(tx.connection, bound_tenant(), key, message_id)


async def _store(
    tx: Transaction, clock: Clock, submission: RawSubmission, content: wire.Content, refused: Refused
) -> UUID:
    now = clock.now()
    ms = int(now.timestamp() * 1000)  # a message and its recipients are of one moment, and read so
    message_id = ids.new_uuid(ms)
    pool_id = SANDBOX_POOL if is_test() else await ip_pools.pool_for(tx, submission.stream)
    data = in_sandbox(failed_data(refused)) if is_test() else failed_data(refused)
    rows = [
        store.DeliveryRow(
            ids.new_uuid(ms), message_id, "bcc", recipient, pool_id, ids.new_uuid(ms), "failed", event_data=data
        )
        for recipient in dict.fromkeys(map(_shown, submission.recipients[:_MOST_RECIPIENTS]))
    ]
    await store.store(tx.connection, bound_tenant(), [_message(message_id, submission, content)], rows, now)
    await use(tx, [(message_id, ids.from_bare(file.id)) for file in wire.files_of(content)])
    await webhooks.fan_out(
        tx, [bound_tenant()] * len(rows), [row.event_id for row in rows], ["message.failed"] * len(rows)
    )
    return message_id


def _content(submission: RawSubmission, aside: Aside | None) -> wire.Content:
    """Keep it as it came, whatever it is."""
    head = BytesHeaderParser(policy=compat32).parsebytes(submission.raw[:_HEADER_BYTES])
    return wire.Content(
        sender=wire.Address(_shown(submission.sender)),
        subject=_shown(str(head.get("Subject", ""))),
        raw=aside.raw(b"", submission.raw) if aside else submission.raw,
    )


def _message(message_id: UUID, submission: RawSubmission, content: wire.Content) -> store.MessageRow:
    sender, subject = content.sender.email, content.subject
    findable = Findable(
        sender=sender,
        recipients=submission.recipients[:_MOST_RECIPIENTS],
        subject=subject,
        stream=submission.stream,
        sandbox=is_test(),
    )
    terms = store.number_array(keys_of(bound_tenant(), message_id, findable))
    return store.MessageRow(
        message_id, _NO_DOMAIN, sender, subject, submission.stream, "{}", "{}", b"", wire.encode(content), terms
    )


def _shown(text: str) -> str:
    return one_line_of(text)[:_LONGEST]


def _hash(submission: RawSubmission) -> bytes:
    return hashlib.sha256(b"failed" + submission.raw).digest()
