"""Send a real mail to an address that a route is for: through the DNS, the network and the checks, as everybody's."""

import secrets
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.schemas import TestSent
from control_plane.inbound_routes.service import shape
from control_plane.inbound_routes.service.manage import found
from control_plane.messages import service as messages
from control_plane.messages.schemas import EmailAddress, NewMessage

_SUBJECT = "A test of an inbound route"
_TEXT = "Your provider sent this mail because somebody of your account asked for a test of an inbound route."


async def try_out(db: Database, clock: Clock, route_id: UUID) -> TestSent:
    """Send the mail; raises `NotFound`, `Invalid`, and whatever sending refuses."""
    async with db.tenant_tx() as tx:
        row = await found(tx, route_id)
        recipient = _recipient(row)
        own = await shape.owner_of(tx, recipient.rpartition("@")[2])
    new = NewMessage(
        sender=EmailAddress(email=f"inbound-test@{own.name}"),
        to=(EmailAddress(email=recipient),),
        subject=_SUBJECT,
        text=_TEXT,
        tags=("inbound-test",),
    )
    accepted = await messages.accept(db, clock, new)
    return TestSent(message_id=accepted.id, recipient=recipient)


def _recipient(row: RouteRow) -> str:
    some = f"test-{secrets.token_hex(4)}"
    match row.match_type:
        case "address":
            return row.address or ""
        case "domain":
            return f"{some}@{row.domain}"
        case "subdomains":
            return f"{some}@test.{row.domain}"
        case _:
            message = "For a header, send a mail with that header yourself."
            raise Invalid(errors=(FieldError("match.type", message),))
