"""A message's events arrive in the order in which they happened, unless the endpoint refuses the earlier for long."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import msgspec

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from control_plane.webhooks.circuit import AT_ONCE
from control_plane.webhooks.queries import sending
from control_plane.webhooks.retries import IN_ORDER_FOR
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, happen, send_due


def arrived(receiver: Receiver) -> list[str]:
    """Name the types that came, in order."""
    return [msgspec.json.decode(each.body)["type"] for each in receiver.received]


STORY = ("message.accepted", "message.queued", "message.deferred", "message.delivered")


async def test_a_messages_events_come_one_after_the_other(
    db: Database, receiver: Receiver, subscribed: Subscribed, sender: service.Sender
) -> None:
    await happen(db, subscribed, *STORY)
    await send_due(sender, subscribed)
    assert arrived(receiver) == list(STORY)
    assert receiver.most_at_once == 1


async def test_what_belongs_to_no_message_waits_for_nothing(
    db: Database, receiver: Receiver, subscribed: Subscribed, sender: service.Sender
) -> None:
    await happen(db, subscribed, "domain.verified", "quota.warning", about_a_message=False)
    await send_due(sender, subscribed)
    assert sorted(arrived(receiver)) == ["domain.verified", "quota.warning"]


async def test_a_later_event_waits_for_an_earlier_one_that_was_refused(
    db: Database, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, clock: FixedClock
) -> None:
    receiver.status = 500
    await happen(db, subscribed, "message.accepted", "message.delivered")
    await send_due(sender, subscribed)
    receiver.status = 200
    await send_due(sender, subscribed)
    assert arrived(receiver) == ["message.accepted"]
    clock.move(timedelta(seconds=5))
    await send_due(sender, subscribed)
    assert arrived(receiver) == ["message.accepted", "message.accepted", "message.delivered"]


async def test_after_three_tries_the_later_one_waits_no_longer(
    db: Database, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, clock: FixedClock
) -> None:
    """An event that the endpoint never takes must not keep all that follow from it."""
    receiver.status = 500
    await happen(db, subscribed, "message.accepted", "message.delivered")
    for _ in range(IN_ORDER_FOR):
        await send_due(sender, subscribed)
        clock.move(timedelta(minutes=5))
    assert arrived(receiver).count("message.accepted") == IN_ORDER_FOR
    assert "message.delivered" in arrived(receiver)


async def test_other_messages_do_not_wait(
    client: httpx.AsyncClient, db: Database, receiver: Receiver, subscribed: Subscribed, sender: service.Sender
) -> None:
    receiver.status = 500
    await happen(db, subscribed, "message.accepted", "message.delivered")
    await send_due(sender, subscribed)
    receiver.status = 200
    await happen(db, subscribed, "message.accepted")
    await send_due(sender, subscribed)
    assert len(receiver.received) == 2
    assert len(await subscribed.deliveries(client, status="pending")) == 2


async def test_a_claim_reads_no_more_where_more_is_due(db: Database, subscribed: Subscribed) -> None:
    """Statistics know nothing of a rush yet: all that was due was read for each row that was."""
    for _ in range(400):
        await happen(db, subscribed, *STORY[:3])
    now = datetime.now(UTC) + timedelta(seconds=1)
    webhook_id = ids.decode("whk", subscribed.webhook_id)
    with acting_for(subscribed.tenant.id):
        async with db.tenant_tx() as tx:
            read = await _blocks_read_by_claim(tx, subscribed.tenant.id, webhook_id, now)
    assert read < 1200


async def _blocks_read_by_claim(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime) -> int:
    """Claim what may be, with the plan that is kept for whatever values."""
    await tx.connection.execute("set local plan_cache_mode = force_generic_plan")
    types = "uuid, uuid, timestamptz, bigint, float8, int2, uuid, uuid"
    await tx.connection.execute(f"prepare claim ({types}) as {sending.CLAIM}")
    values = ", ".join(f"'{value}'" for value in sending.claim_values(tenant_id, webhook_id, now, AT_ONCE))
    [plan] = await tx.connection.fetch(f"explain (analyze, buffers, format json) execute claim ({values})")
    await tx.connection.execute("deallocate claim")
    found: int = json.loads(plan[0])[0]["Plan"]["Shared Hit Blocks"]
    return found
