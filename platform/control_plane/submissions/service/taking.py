"""Making what a node took a message: once, however often it is handed up, and never silently nothing.

The node has said yes to its program, so a refusal here cannot reach it any more. What cannot be sent all the same
becomes a message that failed, and says why.
"""

from datetime import UTC, datetime, timedelta
from typing import cast

import structlog

from control_plane.accounts.service import keys
from control_plane.core.clock import Clock
from control_plane.core.errors import Malformed, Refused, Unavailable
from control_plane.core.idempotency import IdempotencyKeyInUse
from control_plane.core.ids import NodeId, decode
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.schemas import Stream
from control_plane.messages import service as messages
from control_plane.messages.service import RawSubmission
from control_plane.submissions import queries
from control_plane.submissions.queries import Key
from tenant_agent import wire

_log = structlog.get_logger()

_USUAL: Stream = "transactional"
_LONGEST_BACK = timedelta(days=60)
_AHEAD = timedelta(hours=1)


async def take(runtime: Runtime, node_id: NodeId, mail: wire.SubmittedMail, raw: bytes) -> None:
    """Accept a mail for the tenant of its key; raises `Malformed` if the node was never told of that, `Unavailable`."""
    key = await _key(runtime, node_id, mail)
    submission = _submission(key, mail, raw, runtime.clock)
    try:
        await messages.accept_raw(runtime.db, runtime.clock, submission, runtime.blobs)
    except IdempotencyKeyInUse as error:
        raise Unavailable("The same mail is just being taken: hand it up again in a moment.") from error
    except Refused as refused:
        _log.info("submitted mail failed", action="submissions.failed", code=refused.code, mail_id=mail.id)
        await messages.keep_failed(runtime.db, runtime.clock, submission, refused, runtime.blobs)


async def _key(runtime: Runtime, node_id: NodeId, mail: wire.SubmittedMail) -> Key:
    key_id = decode("key", mail.key_id)
    async with runtime.db.fleet_tx() as tx:
        key = await queries.key(tx, node_id, key_id)
        if key is None:
            raise Malformed("This node takes no mail with that key.")
        at = _moment(mail.received_at_ms, runtime.clock.now())
        await keys.note_use(tx, key.tenant_id, key_id, at, mail.client)
    return key


def _submission(key: Key, mail: wire.SubmittedMail, raw: bytes, clock: Clock) -> RawSubmission:
    return RawSubmission(
        tenant_id=key.tenant_id,
        key_id=decode("key", mail.key_id),
        sender=mail.sender,
        recipients=mail.recipients,
        raw=raw,
        stream=cast("Stream", mail.stream) if mail.stream in wire.STREAMS else _USUAL,
        tags=(),
        metadata={},
        idempotency_key=f"submitted {mail.id}",
        received_at=_moment(mail.received_at_ms, clock.now()),
        allowed_domains=frozenset(key.allowed_domains),
        mode=key.mode,
        is_counted=True,
        key_lives=_LONGEST_BACK,
    )


def _moment(at_ms: int, now: datetime) -> datetime:
    """Believe what a node says of the time, as far as it can be."""
    try:
        said = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    except OverflowError:
        return now
    return said if now - _LONGEST_BACK < said < now + _AHEAD else now
