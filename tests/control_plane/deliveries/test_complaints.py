"""Complaints about deliveries, whenever they come: they may overtake what the node tells."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.deliveries.conftest import status_of_delivery
from tests.control_plane.deliveries.test_service import claim_and_take, report

COMPLAINT = "complaint"


async def complain(db: Database, tenant: Tenant, delivery_id: str) -> None:
    """Have a delivery's recipient complain."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            mail = await deliveries.complained_about(tx, ids.decode("dlv", delivery_id), None, "bob@else.test")
            assert mail is not None
            await deliveries.complain(tx, mail, "else.test", datetime.now(UTC))


@pytest.mark.parametrize(
    "told", [*permutations(["message.queued", "message.delivered", COMPLAINT]), ("message.bounced", COMPLAINT)]
)
async def test_who_complained_has_complained_in_whatever_order_it_is_told(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, told: tuple[str, ...]
) -> None:
    node = await make_node(tenant)
    [delivery_id] = await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    for each in told:
        if each == COMPLAINT:
            await complain(runtime.db, tenant, delivery_id)
        else:
            await deliveries.ingest(runtime.db, node.id, [report(offer, each, reply="250 ok")], runtime.clock)
    assert await status_of_delivery(runtime.db, delivery_id) == "complained"


async def test_what_no_node_has_had_keeps_its_state_whoever_complains(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    await make_node(tenant)
    [delivery_id] = await send_mail(tenant, domain)
    await complain(db, tenant, delivery_id)
    assert await status_of_delivery(db, delivery_id) == "accepted"
