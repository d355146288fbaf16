"""Compiles the messages of a claim, each once, however many of its recipients are in it."""

from collections.abc import Iterator

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.compose import Skeleton, Unsendable, compile_message
from tenant_agent.inject.outcomes import Refused
from tenant_agent.ledger import Claim, Delivery

log = structlog.get_logger(__name__)

_contents = msgspec.msgpack.Decoder(wire.Content)


def compiled(claim: Claim) -> Iterator[tuple[Delivery, Skeleton | Refused]]:
    """Give each delivery with its message, or with the reason why there can be none."""
    messages: dict[int, Skeleton | Refused] = {}
    for delivery in claim.deliveries:
        if delivery.message not in messages:
            messages[delivery.message] = _compiled(delivery.envelope, claim.contents[delivery.message])
        yield delivery, messages[delivery.message]


def _compiled(envelope: wire.Envelope, content: bytes) -> Skeleton | Refused:
    try:
        return compile_message(envelope, _contents.decode(content))
    except (Unsendable, msgspec.DecodeError) as error:
        return Refused(f"the message cannot be written: {error}")
    except Exception:
        # Whatever a message does to its writer, the others go on: it would be met again after every restart.
        log.exception("message.unwritable", message_id=envelope.message_id)
        return Refused("the message cannot be written: it is of a form that was not foreseen")
