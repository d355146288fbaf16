"""What another server said to an attempt, as far as it tells how its provider treats us."""

import msgspec

from tenant_agent import events
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.records import Attempted
from tenant_agent.relays.book import IMPLICIT_TRANSPORT, STARTTLS_TRANSPORT
from tenant_agent.transports import class_of, source_address

_TO_RELAYS = frozenset({STARTTLS_TRANSPORT, IMPLICIT_TRANSPORT})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt's outcome, by the way that it took."""

    queue_id: str
    domain: str
    """The recipient's."""
    host: str | None
    """Who said it; none if nobody could be reached."""
    address: str | None
    provider: str
    relay_id: str | None
    status: str
    dsn: str
    reply: str
    at_ms: int
    token: str | None = None
    """The delivery's; none if it is none of the platform's."""


def answer_to(record: Attempted, delivery: Delivery | None) -> Answer | None:
    """Read it out of the log; none if it was no way out of ours, such as a mailbox. Submitted mail has no delivery."""
    route = delivery.assignment.route if delivery is not None and delivery.assignment is not None else None
    address = source_address(record.service)
    relay_id = route.relay_id if route is not None and address is None else None
    if address is None and relay_id is None and record.service not in _TO_RELAYS:
        return None
    return Answer(
        queue_id=record.queue_id,
        domain=record.domain,
        host=record.relay.partition("[")[0] if record.relay is not None else None,
        address=address,
        provider=route.provider if route is not None else class_of(record.service),
        relay_id=relay_id,
        status=record.status,
        dsn=record.dsn,
        reply=record.reply,
        at_ms=events.attempted_at_ms(record),
        token=None if delivery is None else delivery.token,
    )
