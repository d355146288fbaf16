"""Warm-ups on the real database: days turn, nodes are told, addresses become active."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.nodes import service as nodes
from control_plane.warmup import service
from control_plane.warmup.presets import PRESETS, SHARES
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail, some_address

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = PRESETS["steady"].steps[0]


class Warming(msgspec.Struct, frozen=True):
    """An address that is being warmed up."""

    id: UUID
    address: str
    node: FleetNode

    @property
    def public_id(self) -> str:
        return ids.encode("ip", self.id)


MakeWarming = Callable[..., Awaitable[Warming]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def make_warming(db: Database, make_node: MakeNode, clock: FixedClock) -> MakeWarming:
    """Put a warming address on a node and let the sweep find it."""

    async def make(status: str = "warming", *, standby: bool = False) -> Warming:
        made = Warming(ids.new_uuid(), some_address(), await make_node())
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                """insert into ips (id, pool_id, node_id, address, hostname, status, standby)
                   select $1, id, $2, $3::inet, 'out.fleet.test', $4, $5 from ip_pools
                   where tenant_id is null limit 1""",
                made.id,
                made.node.id,
                made.address,
                status,
                standby,
            )
            await nodes.describe_again(tx, made.node.id)
        await service.sweep(db, clock)
        return made

    return make


async def item_of(db: Database, warming: Warming) -> wire.WarmupItem | None:
    page = await nodes.next_changes(db, warming.node.id, (0, "", ""))
    found = [each.payload for each in page.changes if each.kind == "warmup" and each.key == warming.public_id]
    return msgspec.msgpack.decode(found[-1], type=wire.WarmupItem) if found and found[-1] else None


async def counted(db: Database, ip_id: UUID, day: date, provider: str, **counts: int) -> None:
    """Let a day's counts be these."""
    values = {"sent": 0, "delivered": 0, "deferred": 0, "bounced": 0, "complained": 0} | counts
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into ip_daily (ip_id, day, provider, sent, delivered, deferred, bounced, complained)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            ip_id,
            day,
            provider,
            *values.values(),
        )


async def status_of(db: Database, ip_id: UUID) -> str:
    async with db.fleet_tx() as tx:
        found: str = await tx.connection.fetchval("select status from ips where id = $1", ip_id)
    return found


async def test_a_warming_address_begins_and_its_node_is_told(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    item = await item_of(db, warming)
    assert item is not None
    assert (item.step, item.address, set(item.caps)) == (1, warming.address, set(SHARES))
    assert item.caps["google"] == wire.Cap(per_day=105, per_hour=21)
    generation = await nodes.desired_generation(db, warming.node.id)
    await service.sweep(db, clock)
    assert await nodes.desired_generation(db, warming.node.id) == generation


async def test_classes_climb_and_hold_by_themselves_at_the_turn_of_the_day(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    await counted(db, warming.id, NOON.date(), "google", sent=100, delivered=100)
    await counted(db, warming.id, NOON.date(), "yahoo", sent=40, delivered=20, deferred=80)
    clock.move(timedelta(days=1))
    await service.sweep(db, clock)
    async with db.fleet_tx() as tx:
        standing = (await service.standing(tx, clock, [warming.id]))[warming.id]
    found = {name: (each.step, each.verdict) for name, each in standing.by_provider.items()}
    assert found["google"] == (2, "climb")
    assert found["yahoo"] == (1, "step_back")
    assert found["apple"] == (1, "wait")
    item = await item_of(db, warming)
    assert item is not None
    assert (item.step, item.steps) == (1, {"google": 2})


async def test_a_job_that_is_late_decides_once_for_the_days_it_missed(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    for day in range(3):
        await counted(db, warming.id, NOON.date() + timedelta(days=day), "google", sent=100, delivered=100)
    clock.move(timedelta(days=3))
    await service.sweep(db, clock)
    await service.sweep(db, clock)
    async with db.fleet_tx() as tx:
        warmup = await service.get(tx, clock, warming.id)
    assert warmup.standing.by_provider["google"].step == 2


async def test_an_address_whose_classes_have_done_the_table_becomes_active(
    db: Database,
    clock: FixedClock,
    make_warming: MakeWarming,
    operator: Tenant,
) -> None:
    warming = await make_warming()
    last = len(PRESETS["steady"].steps)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update warmup_classes set step = $2 where ip_id = $1", warming.id, last)
    for provider in ("google", "yahoo"):
        await counted(db, warming.id, NOON.date(), provider, sent=19_000, delivered=19_000)
    clock.move(timedelta(days=1))
    await service.sweep(db, clock)
    assert await status_of(db, warming.id) == "active"
    assert await item_of(db, warming) is None
    async with db.fleet_tx() as tx:
        assert (await service.get(tx, clock, warming.id)).status == "finished"
        told = await tx.connection.fetchval(
            "select count(*) from events where type = 'ip.warmed' and data ->> 'address' = $1", warming.address
        )
    assert told == 1


async def test_an_address_that_was_warm_and_is_idle_for_long_begins_anew(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    async with db.fleet_tx() as tx:
        await service.finish(tx, clock, warming.id)
    await counted(db, warming.id, NOON.date() + timedelta(days=5), "google", sent=10, delivered=10)
    clock.move(timedelta(days=34))
    await service.sweep(db, clock)
    assert await status_of(db, warming.id) == "active"
    clock.move(timedelta(days=3))
    await service.sweep(db, clock)
    assert await status_of(db, warming.id) == "warming"
    item = await item_of(db, warming)
    assert item is not None
    assert item.step == 1


async def test_an_address_that_is_taken_out_of_service_has_no_warm_up_any_more(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update ips set status = 'quarantined' where id = $1", warming.id)
    await service.sweep(db, clock)
    assert await item_of(db, warming) is None
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update ips set status = 'warming' where id = $1", warming.id)
    await service.sweep(db, clock)
    assert await item_of(db, warming) is not None


async def test_an_active_address_that_was_never_warmed_up_is_left_alone(
    db: Database, make_warming: MakeWarming
) -> None:
    active = await make_warming("active")
    assert await item_of(db, active) is None


# --- What operators do ------------------------------------------------------------------------------------------------


async def test_operators_hold_step_back_choose_and_finish(
    client: httpx.AsyncClient, operator: Tenant, db: Database, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    path = f"/v1/warmups/{warming.public_id}"
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update warmup_classes set step = 5 where ip_id = $1", warming.id)
    held = await client.post(f"{path}/hold", headers=operator.headers)
    assert held.json()["status"] == "held"
    assert (await client.post(f"{path}/resume", headers=operator.headers)).json()["status"] == "running"
    back = await client.post(f"{path}/step-back", json={"provider": "google"}, headers=operator.headers)
    steps = {name: each["step"] for name, each in back.json()["standing"]["by_provider"].items()}
    assert (steps["google"], steps["yahoo"]) == (4, 5)
    read = await client.get(path, headers=operator.headers)
    own = {
        "name": "Ours",
        "steps": [{"per_day": 10, "per_hour": 5}, {"per_day": 20, "per_hour": 5}],
        "shares": {"generic": 1.0},
    }
    changed = await client.patch(
        path, json={"schedule": own}, headers=operator.headers | {"If-Match": read.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text
    assert {n: e["step"] for n, e in changed.json()["standing"]["by_provider"].items()} == {"generic": 2}
    done = await client.post(f"{path}/finish", headers=operator.headers)
    assert done.json()["status"] == "finished"
    assert await status_of(db, warming.id) == "active"
    assert (await client.post(f"{path}/hold", headers=operator.headers)).status_code == 409


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "schedule"),
        ({"preset": "steady", "schedule": {"name": "x", "steps": [{"per_day": 1, "per_hour": 1}],
                                           "shares": {"generic": 1.0}}}, "schedule"),
        ({"schedule": {"name": "x", "steps": [{"per_day": 1, "per_hour": 1}], "shares": {"google": 1.0}}},
         "schedule.shares"),
        ({"schedule": {"name": "x", "steps": [{"per_day": 1, "per_hour": 2}], "shares": {"generic": 1.0}}},
         "schedule.steps[0].per_hour"),
        ({"schedule": {"name": "x\n", "steps": [{"per_day": 1, "per_hour": 1}], "shares": {"generic": 1.0}}},
         "schedule.name"),
        ({"schedule": {"name": "x", "steps": [{"per_day": 10**30, "per_hour": 1}], "shares": {"generic": 1.0}}},
         "schedule.steps[0].per_day"),
        ({"schedule": {"name": "x", "steps": [], "shares": {"generic": 1.0}}}, "schedule.steps"),
        ({"preset": "furious"}, "preset"),
    ],
)  # fmt: skip
async def test_a_table_that_makes_no_sense_is_refused_by_its_path(
    client: httpx.AsyncClient, operator: Tenant, make_warming: MakeWarming, body: dict[str, object], path: str
) -> None:
    warming = await make_warming()
    answer = await client.patch(f"/v1/warmups/{warming.public_id}", json=body, headers=operator.headers)
    assert answer.status_code == 422, answer.text
    assert path in {error["path"] for error in answer.json()["errors"]}


async def test_presets_and_running_warm_ups_are_listed(
    client: httpx.AsyncClient, operator: Tenant, make_warming: MakeWarming
) -> None:
    warming = await make_warming()
    presets = await client.get("/v1/warmups/schedules", headers=operator.headers)
    assert set(presets.json()["presets"]) == set(PRESETS)
    listed = await client.get("/v1/warmups?status=running&limit=200", headers=operator.headers)
    assert warming.public_id in {each["id"] for each in listed.json()["data"]}


# --- Counting ---------------------------------------------------------------------------------------------------------


async def days_of(db: Database, ip_id: UUID) -> dict[str, tuple[int, ...]]:
    async with db.fleet_tx() as tx:
        found = (await service.days(tx, [ip_id], date(2026, 1, 1)))[ip_id]
    return {
        each.provider: (
            each.counts.sent,
            each.counts.delivered,
            each.counts.deferred,
            each.counts.bounced,
            each.counts.complained,
        )
        for each in found
    }


async def own_ip(db: Database, node: FleetNode) -> Warming:
    """Give the address that the tenant's mail leaves by."""
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select id, host(address) as address from ips where node_id = $1", node.id)
    assert row is not None
    return Warming(row["id"], row["address"], node)


async def take_some(db: Database, node_id: NodeId) -> wire.Offer:
    offer = await deliveries.claim(db, node_id, 100)
    assert offer is not None
    assert await deliveries.take(db, node_id, offer.lease_id)
    return offer


def report(offer: wire.Offer, place: int, kind: str, **more: object) -> wire.Event:
    envelope = msgspec.msgpack.decode(offer.messages[0].envelope, type=wire.Envelope)
    event_id = ids.new_uuid()
    event = wire.Event(
        id=ids.bare(event_id),
        type=kind,
        at_ms=ids.time_ms_of(event_id),
        tenant_id=envelope.tenant_id,
        message_id=envelope.message_id,
        delivery_id=offer.deliveries[place].delivery_id,
        recipient=offer.deliveries[place].recipient,
        attempt=1,
        relay="mx.else.test[10.9.9.9]:25",
        route=wire.Route(provider="google"),
    )
    return msgspec.structs.replace(event, **more)


async def test_attempts_are_counted_once_where_they_are_stored(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, clock: FixedClock
) -> None:
    node = await make_node(tenant)
    ours = await own_ip(db, node)
    await send_mail(tenant, domain, recipients=6)
    offer = await take_some(db, node.id)
    events = [
        report(offer, 0, "message.queued", source_ip=ours.address),
        report(offer, 0, "message.delivered", source_ip=ours.address),
        report(offer, 1, "message.deferred", source_ip=ours.address, dsn="4.7.0"),
        report(offer, 1, "message.deferred", source_ip=ours.address, dsn="4.7.0", attempt=2),
        report(offer, 2, "message.deferred", source_ip=ours.address, dsn="4.4.1"),  # never reached anybody
        report(offer, 3, "message.bounced", source_ip=ours.address, route=wire.Route(provider="of-nobody")),
        report(offer, 4, "message.delivered", source_ip=some_address()),  # of another node, or of nobody
        report(offer, 5, "message.delivered", source_ip=f"'; drop table ips; -- {secrets.token_hex(2)}"),
    ]
    await deliveries.ingest(db, node.id, events, _SystemNow())
    await deliveries.ingest(db, node.id, events, _SystemNow())
    assert await days_of(db, ours.id) == {"google": (3, 1, 2, 0, 0), "generic": (1, 0, 0, 1, 0)}


class _SystemNow:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def test_a_complaint_counts_for_the_address_that_the_mail_left_from(
    db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    ours = await own_ip(db, node)
    [first, second] = await send_mail(tenant, domain, recipients=2)
    offer = await take_some(db, node.id)
    places = {offered.delivery_id: place for place, offered in enumerate(offer.deliveries)}
    delivered = report(offer, places[first], "message.delivered", source_ip=ours.address)
    await deliveries.ingest(db, node.id, [delivered], _SystemNow())
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            for each in (first, second):  # of the second, nobody knows which way it went
                mail = await deliveries.complained_about(tx, ids.decode("dlv", each), None, "bob@else.test")
                assert mail is not None
                await deliveries.complain(tx, mail, "else.test", datetime.now(UTC))
    assert await days_of(db, ours.id) == {"google": (1, 1, 0, 0, 1)}


async def test_a_tenant_cannot_have_complaints_counted_for_another(
    db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    with acting_for(stranger.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await service.count_complaint(tx, tenant.id, ids.new_uuid(), ids.new_uuid(), NOON)
