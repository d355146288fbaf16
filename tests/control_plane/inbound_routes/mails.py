"""Mail that came in, put where the routing of it would put it."""

from datetime import UTC, datetime
from email.message import EmailMessage

import msgspec

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service
from control_plane.inbound_routes.queries import messages
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.schemas import Action, Match, NewInboundRoute

CHECKS = "score=7.50;\r\n\tR_SPF_ALLOW=-0.20;\r\n\tR_DKIM_REJECT=1.00;\r\n\tDMARC_POLICY_REJECT=2.00;\r\n\tARC_NA=0.00"


class Came(msgspec.Struct, frozen=True):
    """A mail that is held, and its route."""

    message_id: str
    route_id: str


def mail(*, subject: str = "Where is my order?", to: str = "support@acme.test") -> bytes:
    """Write a mail as a customer's customer does, with what our checks found above it."""
    letter = EmailMessage()
    letter["From"] = "Bób <bob@else.test>"
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
    letter["Message-ID"] = "<1@else.test>"
    letter.set_content(
        "It has not come.\n\nOn Sat, Nov 21, 2026 at 9:00 AM Shop <shop@acme.test> wrote:\n> It is sent.\n"
    )
    letter.add_alternative("<p>It has <b>not</b> come.</p><script>alert(1)</script>", subtype="html")
    letter.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf")
    return f"X-Fleetpost-Checks: {CHECKS}\r\n".encode() + letter.as_bytes()


async def held_mail(db: Database, tenant_id: TenantId, domain: str) -> Came:
    """Have a route that holds its mail, and a mail that it holds."""
    clock, raw = FixedClock(datetime.now(UTC)), mail()
    wanted = NewInboundRoute(name="Everybody", match=Match(type="domain", domain=domain), action=Action(type="hold"))
    with acting_for(tenant_id):
        route = await service.create(service.Asking(db, clock, lambda _: "/"), wanted)
        row = MessageRow(
            id=ids.new_uuid(),
            route_id=ids.decode(service.PREFIX, route.id),
            status="held",
            note=None,
            recipient=f"support@{domain}",
            sender="bob@else.test",
            client="192.0.2.1",
            from_email="bob@else.test",
            subject="Where is my order?",
            received_at=clock.now(),
            size=len(raw),
            spam_score=7.5,
        )
        async with db.tenant_tx() as tx:
            await messages.insert(tx.connection, [row])
            await messages.insert_contents(tx.connection, {row.id: raw})
    return Came(ids.encode(service.MESSAGE_PREFIX, row.id), route.id)
