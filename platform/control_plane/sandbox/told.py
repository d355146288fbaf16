"""An event that is played, with all that an event of a node's would tell: hosts are of a network for examples."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from control_plane.bounces.classify import classify
from control_plane.core.ids import made_of
from control_plane.deliveries.schemas import PlayedData, PlayedDelivery, PlayedEvent
from control_plane.sandbox.scripts import Step
from tenant_agent import wire

_SOURCE_IP: Final = "192.0.2.1"
_MX_IP: Final = "192.0.2.25"
"""RFC 5737: nobody's."""
_DELAYS: Final = wire.Delays(before_queue_s=0.01, in_queue_s=0.0, connect_s=0.08, transmit_s=0.15)
_NOT_TAKEN: Final = frozenset({"message.deferred", "message.bounced"})
_TRIED: Final = frozenset({*_NOT_TAKEN, "message.delivered"})
_LETTERS: Final = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
"""That Postfix makes long queue ids of."""
_QUEUE_ID_LENGTH: Final = 15


def queued(mail: PlayedDelivery, at: datetime) -> PlayedEvent:
    """Tell that it is on its way."""
    data = PlayedData(sandbox=True, queue_id=_queue_id(mail.id), source_ip=_SOURCE_IP)
    return PlayedEvent(mail=mail, id=_id(mail, "queued", at), type="message.queued", at=at, data=data)


def happened(mail: PlayedDelivery, script: Sequence[Step], place: int, at: datetime) -> PlayedEvent:
    """Tell of a step of its script."""
    step = script[place]
    tries = sum(each.type in _TRIED for each in script[: place + 1])
    data = _tried(mail, step, tries) if step.type in _TRIED else PlayedData(sandbox=True, reply=step.reply.text)
    return PlayedEvent(mail=mail, id=_id(mail, str(place), at), type=step.type, at=at, data=data)


def _tried(mail: PlayedDelivery, step: Step, attempt: int) -> PlayedData:
    reply = step.reply
    is_refused = step.type in _NOT_TAKEN
    return PlayedData(
        sandbox=True,
        attempt=attempt,
        queue_id=_queue_id(mail.id),
        source_ip=_SOURCE_IP,
        relay=f"mx.{mail.recipient.rpartition('@')[2]}[{_MX_IP}]:25",
        dsn=reply.dsn,
        reply=reply.text,
        tls="TLSv1.3",
        delays=_DELAYS,
        bounce_class=classify(reply.text, reply.dsn).bounce_class if is_refused else None,
    )


def _id(mail: PlayedDelivery, what: str, at: datetime) -> UUID:
    return made_of(f"played\0{mail.id}\0{what}", at)


def _queue_id(delivery_id: UUID) -> str:
    number, found = delivery_id.int, ""
    for _ in range(_QUEUE_ID_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        found += _LETTERS[letter]
    return found
