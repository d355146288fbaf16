"""Leases and reports on the real database: each delivery to one node, each event once."""

import asyncio
import math
from datetime import timedelta

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail, give_pool
from tests.control_plane.deliveries.conftest import status_of_delivery

DAY_MS = 24 * 60 * 60 * 1000


def report(offer: wire.Offer, kind: str, made_at_ms: int | None = None, **fields: object) -> wire.Event:
    """Report something of an offer's first delivery."""
    envelope = msgspec.msgpack.decode(offer.messages[0].envelope, type=wire.Envelope)
    event_id = ids.new_uuid(made_at_ms)
    event = wire.Event(
        id=ids.bare(event_id),
        type=kind,
        at_ms=ids.time_ms_of(event_id),
        tenant_id=envelope.tenant_id,
        message_id=envelope.message_id,
        delivery_id=offer.deliveries[0].delivery_id,
        recipient=offer.deliveries[0].recipient,
    )
    return msgspec.structs.replace(event, **fields)


async def claim(db: Database, node: FleetNode, limit: int = 100) -> wire.Offer:
    """Claim what waits; there must be something."""
    offer = await deliveries.claim(db, node.id, limit)
    assert offer is not None
    return offer


async def claim_and_take(db: Database, node: FleetNode) -> wire.Offer:
    """Claim what waits, for good."""
    offer = await claim(db, node)
    assert await deliveries.take(db, node.id, offer.lease_id)
    return offer


async def status_of(db: Database, offer: wire.Offer) -> str:
    """Read the state of an offer's first delivery."""
    return await status_of_delivery(db, offer.deliveries[0].delivery_id)


async def events_of(db: Database, tenant: Tenant) -> list[str]:
    """List the types of a tenant's events from nodes, oldest first."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select type from events where tenant_id = $1 and type <> 'message.accepted' order by at, id", tenant.id
        )
    return [row["type"] for row in rows]


async def expire(db: Database, offer: wire.Offer) -> None:
    """Let a lease's time run out, and sweep."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update leases set expires_at = now() where id = $1::uuid", offer.lease_id)
    await deliveries.release_expired(db)


# --- Claims -----------------------------------------------------------------------------------------------------------


async def test_nothing_waits_nothing_is_offered(runtime: Runtime, make_node: MakeNode, tenant: Tenant) -> None:
    node = await make_node(tenant)
    assert await deliveries.claim(runtime.db, node.id, 10) is None


async def test_an_offer_names_each_message_once(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain, recipients=3)
    await send_mail(tenant, domain, recipients=2)
    offer = await claim(db, node)
    assert len(offer.messages) == 2
    assert sorted(offered.message for offered in offer.deliveries) == [0, 0, 0, 1, 1]


async def test_an_offer_is_bounded_by_size_but_has_at_least_one_message(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    for _ in range(2):
        await send_mail(tenant, domain, text="x" * 9 * 1024 * 1024)
    assert len((await claim(db, node)).messages) == 1
    assert len((await claim(db, node)).messages) == 1
    assert await deliveries.claim(db, node.id, 10) is None


async def test_two_nodes_that_claim_at_once_never_share_a_delivery(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    nodes = [await make_node(tenant), await make_node(tenant)]
    sent = [delivery for _ in range(4) for delivery in await send_mail(tenant, domain, recipients=20)]

    async def claim_all(node: FleetNode) -> list[str]:
        mine: list[str] = []
        while offer := await deliveries.claim(db, node.id, 7):
            mine += [offered.delivery_id for offered in offer.deliveries]
        return mine

    shares = await asyncio.gather(*(claim_all(node) for node in nodes for _ in range(2)))
    assert sorted(delivery for share in shares for delivery in share) == sorted(sent)


async def test_a_node_that_is_draining_gets_nothing_new(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'draining' where id = $1", node.id)
    assert await deliveries.claim(db, node.id, 10) is None


async def test_an_offer_that_expired_is_not_the_nodes_any_more_and_is_offered_again(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    first, second = await make_node(tenant), await make_node(tenant)
    sent = await send_mail(tenant, domain)
    offer = await claim(db, first)
    assert await deliveries.claim(db, second.id, 10) is None
    await expire(db, offer)
    assert not await deliveries.take(db, first.id, offer.lease_id)
    again = await claim(db, second)
    assert [offered.delivery_id for offered in again.deliveries] == sent


async def test_what_was_taken_stays_taken_however_long_it_lasts(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(db, node)
    await expire(db, offer)
    assert await deliveries.take(db, node.id, offer.lease_id), "asked again, the answer is the same"
    assert await deliveries.claim(db, node.id, 10) is None


async def test_a_lease_can_only_be_taken_by_the_node_that_was_offered_it(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    first, second = await make_node(tenant), await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim(db, first)
    assert not await deliveries.take(db, second.id, offer.lease_id)
    assert not await deliveries.take(db, second.id, "not a lease")


# --- Reports ----------------------------------------------------------------------------------------------------------


async def test_events_move_a_delivery_on_and_each_is_stored_once(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    queued, delivered = report(offer, "message.queued"), report(offer, "message.delivered")
    await deliveries.ingest(runtime.db, node.id, [queued, queued], runtime.clock)
    assert await status_of(runtime.db, offer) == "queued"
    await deliveries.ingest(runtime.db, node.id, [queued, delivered], runtime.clock)
    await deliveries.ingest(runtime.db, node.id, [delivered, queued], runtime.clock)
    assert await status_of(runtime.db, offer) == "delivered"
    assert sorted(await events_of(runtime.db, tenant)) == ["message.delivered", "message.queued"]


async def test_a_late_deferral_does_not_undo_a_delivery(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.delivered")], runtime.clock)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.deferred")], runtime.clock)
    assert await status_of(runtime.db, offer) == "delivered"
    assert len(await events_of(runtime.db, tenant)) == 2


async def test_a_node_whose_clock_is_behind_still_moves_its_deliveries_on(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    an_hour_ago = ids.time_ms_of(ids.new_uuid()) - 3_600_000
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.queued", an_hour_ago)], runtime.clock)
    assert await status_of(runtime.db, offer) == "queued"


async def test_a_node_cannot_report_for_a_delivery_that_it_does_not_have(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    owner, other = await make_node(tenant), await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim(runtime.db, owner)
    await deliveries.ingest(runtime.db, owner.id, [report(offer, "message.delivered")], runtime.clock)
    assert await status_of(runtime.db, offer) == "accepted", "it was offered and not taken"
    assert await deliveries.take(runtime.db, owner.id, offer.lease_id)
    await deliveries.ingest(runtime.db, other.id, [report(offer, "message.delivered")], runtime.clock)
    assert await status_of(runtime.db, offer) == "accepted", "it is another node's"
    assert await events_of(runtime.db, tenant) == []


async def test_a_node_cannot_report_a_delivery_as_another_tenants(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, make_tenant: MakeTenant
) -> None:
    node, other = await make_node(tenant), await make_tenant()
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    event = report(offer, "message.delivered", tenant_id=ids.encode("ten", other.id))
    await deliveries.ingest(runtime.db, node.id, [event], runtime.clock)
    assert await events_of(runtime.db, other) == await events_of(runtime.db, tenant) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "message.complained"},  # not a node's business
        {"id": "not an id"},
        {"delivery_id": "dlv_0"},
        {"tenant_id": "msg_" + "0" * 26},
        {"at_ms": -1},
        {"at_ms": 2**62},
        {"id": ids.bare(ids.new_uuid(0))},  # of 1970: there is no partition for it
        {"id": ids.bare(ids.new_uuid(ids.time_ms_of(ids.new_uuid()) + 400 * DAY_MS))},
    ],
    ids=["type", "no id", "no delivery", "no tenant", "before time", "after time", "of 1970", "of next year"],
)
async def test_an_event_that_makes_no_sense_does_not_hold_up_the_others(
    runtime: Runtime,
    make_node: MakeNode,
    send_mail: SendMail,
    tenant: Tenant,
    domain: str,
    odd: dict[str, object],
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    events = [msgspec.structs.replace(report(offer, "message.queued"), **odd), report(offer, "message.delivered")]
    await deliveries.ingest(runtime.db, node.id, events, runtime.clock)
    assert await events_of(runtime.db, tenant) == ["message.delivered"]


async def test_what_another_server_replied_is_stored_whatever_it_is(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    reply = 'é \\u0000 "\0' + "x" * 5000
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.bounced", reply=reply)], runtime.clock)
    async with runtime.db.fleet_tx() as tx:
        stored = await tx.connection.fetchval(
            "select data->>'reply' from events where tenant_id = $1 and type = 'message.bounced'", tenant.id
        )
    assert stored == reply[:2000].replace("\0", "\N{REPLACEMENT CHARACTER}")


async def test_a_node_whose_clock_is_days_ahead_loses_no_events(
    runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    ahead = ids.time_ms_of(ids.new_uuid()) + int(timedelta(days=3).total_seconds() * 1000)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.queued", ahead)], runtime.clock)
    assert await events_of(runtime.db, tenant) == ["message.queued"]


async def test_partitions_are_made_once(db: Database) -> None:
    await deliveries.extend_partitions(db)
    await deliveries.extend_partitions(db)
    async with db.fleet_tx() as tx:
        weeks = await tx.connection.fetchval(
            "select count(*) from pg_inherits where inhparent = 'public.events'::regclass"
        )
    assert weeks >= 9


async def test_each_pool_is_served_by_the_nodes_that_have_addresses_in_it(
    db: Database, make_node: MakeNode, send_mail: SendMail, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    first, second = await make_tenant(), await make_tenant()
    one, both = await make_node(first), await make_node(first)
    await give_pool(db, second, both)
    await send_mail(second, await make_domain(second, "pool"))
    assert await deliveries.claim(db, one.id, 10) is None
    assert await deliveries.claim(db, both.id, 10) is not None


async def test_times_that_are_none_leave_the_timeline_readable(
    runtime: Runtime, client: httpx.AsyncClient, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    odd = wire.Delays(before_queue_s=math.nan, in_queue_s=math.inf, connect_s=0.0, transmit_s=-math.inf)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.delivered", delays=odd)], runtime.clock)
    message_id = msgspec.msgpack.decode(offer.messages[0].envelope, type=wire.Envelope).message_id
    shown = await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)
    assert shown.status_code == 200
    assert shown.json()["recipients"][0]["events"][-1]["delays"] is None


# --- Leases that are done with ----------------------------------------------------------------------------------------


async def age(db: Database, offer: wire.Offer, days: int) -> str:
    """Make a lease older; its id carries the time too, so it becomes another one."""
    older = ids.new_uuid(ids.time_ms_of(ids.new_uuid()) - days * DAY_MS)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into leases select $2, node_id, deliveries, expires_at - $3::interval, taken_at - $3::interval,
                 revoked_at - $3::interval from leases where id = $1::uuid""",
            offer.lease_id,
            older,
            timedelta(days=days),
        )
        await tx.connection.execute(
            "update deliveries set lease_id = $2 where lease_id = $1::uuid", offer.lease_id, older
        )
    return str(older)


async def is_kept(db: Database, lease_id: str) -> bool:
    await deliveries.forget_leases(db)
    async with db.fleet_tx() as tx:
        return bool(await tx.connection.fetchval("select true from leases where id = $1::uuid", lease_id))


@pytest.mark.parametrize(("days", "kept"), [(13, True), (15, False)])
async def test_a_lease_is_forgotten_once_nothing_can_be_reported_of_it(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail, days: int, kept: bool
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.delivered")], runtime.clock)
    assert await is_kept(runtime.db, await age(runtime.db, offer, days)) is kept


async def test_a_lease_with_a_delivery_that_was_never_reported_is_kept(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    lease_id = await age(runtime.db, await claim_and_take(runtime.db, node), 100)
    assert await is_kept(runtime.db, lease_id)


async def test_the_leases_of_a_node_that_is_away_or_has_events_to_send_are_kept(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.deferred")], runtime.clock)
    lease_id = await age(runtime.db, offer, 30)
    for odd in (
        "last_seen_at = now() - interval '20 days'",
        "last_seen_at = now(), heartbeat = '{\"spool_events\": 3}'",
    ):
        async with runtime.db.fleet_tx() as tx:
            await tx.connection.execute(f"update nodes set {odd} where id = $1", node.id)
        assert await is_kept(runtime.db, lease_id)


async def test_a_revoked_lease_is_forgotten(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    offer = await claim(runtime.db, node)
    await expire(runtime.db, offer)
    assert not await is_kept(runtime.db, await age(runtime.db, offer, 15))
