"""What was suppressed while it waited is not offered to any node."""

from datetime import timedelta

import httpx

from control_plane.core import ids
from control_plane.core.clock import FixedClock, SystemClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.messages import service as messages
from control_plane.messages.schemas import EmailAddress, NewMessage
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, SendMail


async def accepted_earlier(db: Database, tenant: Tenant, domain: str, *recipients: str) -> str:
    """Have a message accepted that has waited for a minute; gives its id."""
    new = NewMessage(
        sender=EmailAddress(email=f"ann@{domain}"),
        to=tuple(EmailAddress(email=each) for each in recipients),
        subject="Hello",
        text="Hello",
    )
    with acting_for(tenant.id):
        return (await messages.accept(db, FixedClock(SystemClock().now() - timedelta(minutes=1)), new)).id


async def suppress(db: Database, tenant: Tenant, email: str) -> None:
    async with db.fleet_tx() as tx:
        entry = NewSuppression(email=email, reason="complaint", source="complaint")
        await suppressions.add_for(tx, tenant.id, [entry], SystemClock().now())


async def recipients_offered(db: Database, node_id: ids.NodeId) -> list[str]:
    offer = await deliveries.claim(db, node_id, 100)
    return [each.recipient for each in offer.deliveries] if offer else []


async def test_who_complained_meanwhile_gets_no_more_mail(
    db: Database, client: httpx.AsyncClient, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    message_id = await accepted_earlier(db, tenant, domain, "Bob@else.test", "eve@else.test", "carl@other.test")
    await suppress(db, tenant, "bob@else.test")
    await suppress(db, tenant, "@other.test")
    assert await recipients_offered(db, node.id) == ["eve@else.test"]
    shown = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()
    states = {each["email"]: (each["status"], each["events"][-1]["type"]) for each in shown["recipients"]}
    stopped = ("suppressed", "message.suppressed")
    assert states["Bob@else.test"] == states["carl@other.test"] == stopped
    assert states["eve@else.test"] == ("accepted", "message.accepted")


async def test_when_all_that_waits_is_suppressed_nothing_is_offered_and_nobody_stays_in_line(
    db: Database, runtime: Runtime, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await accepted_earlier(db, tenant, domain, "bob@else.test")
    await suppress(db, tenant, "bob@else.test")
    assert await recipients_offered(db, node.id) == []
    async with db.fleet_tx() as tx:
        waiting = await tx.connection.fetchval("select bool_or(waiting) from turns where tenant_id = $1", tenant.id)
    assert waiting is False


async def test_others_in_the_pool_get_what_the_suppressed_leave(
    db: Database, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await accepted_earlier(db, tenant, domain, *(f"bob{number}@else.test" for number in range(5)))
    for number in range(4):
        await suppress(db, tenant, f"bob{number}@else.test")
    offer = await deliveries.claim(db, node.id, 1)
    assert offer is not None
    assert [each.recipient for each in offer.deliveries] == ["bob4@else.test"]


async def test_the_list_of_another_tenant_does_not_matter(
    db: Database, make_node: MakeNode, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await accepted_earlier(db, tenant, domain, "bob@else.test")
    await suppress(db, stranger, "bob@else.test")
    assert await recipients_offered(db, node.id) == ["bob@else.test"]


async def test_mail_that_did_not_wait_is_not_looked_up_twice(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    """It was looked up when it was accepted, a moment ago."""
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    await suppress(db, tenant, "bob0@else.test")
    assert await recipients_offered(db, node.id) == ["bob0@else.test"]
