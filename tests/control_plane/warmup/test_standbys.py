"""Addresses that stand by: warmed up as any other, then used for a day a week, so that they can stand in."""

from datetime import timedelta

import msgspec

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.ip_pools import service as ip_pools
from control_plane.nodes import service as nodes
from control_plane.warmup import service
from control_plane.warmup.decide import cap_of, kept_warm_caps
from control_plane.warmup.presets import PRESETS
from tenant_agent import wire
from tests.control_plane.warmup.test_service import (
    NOON,
    MakeWarming,
    Warming,
    clock,
    counted,
    item_of,
    make_warming,
    status_of,
)

__all__ = ["clock", "make_warming"]


async def as_its_node_knows(db: Database, warming: Warming) -> str:
    page = await nodes.next_changes(db, warming.node.id, (0, "", ""))
    node = msgspec.msgpack.decode(
        [each.payload for each in page.changes if each.kind == "node"][-1] or b"", type=wire.NodeItem
    )
    return next(each.status for each in node.ips if each.address == warming.address)


async def takes_work(db: Database, warming: Warming) -> bool:
    async with db.fleet_tx() as tx:
        return bool(await ip_pools.open_pools_of(tx, warming.node.id))


async def test_a_standby_address_is_warmed_up_as_any_other(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    spare = await make_warming(standby=True)
    assert await as_its_node_knows(db, spare) == "warming"
    assert await takes_work(db, spare)
    await counted(db, spare.id, NOON.date(), "google", sent=100, delivered=100)
    clock.move(timedelta(days=1))
    await service.sweep(db, clock)
    item = await item_of(db, spare)
    assert item is not None
    assert item.steps == {"google": 2}


async def test_once_warm_it_stands_by_and_is_used_for_a_day_a_week(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    spare = await make_warming(standby=True)
    await counted(db, spare.id, NOON.date(), "google", sent=100, delivered=100)
    async with db.fleet_tx() as tx:
        await service.finish(tx, clock, spare.id)
    await service.sweep(db, clock)
    assert (await as_its_node_knows(db, spare), await takes_work(db, spare)) == ("draining", False)
    assert await item_of(db, spare) is None

    clock.move(timedelta(days=7))
    await service.sweep(db, clock)
    assert (await as_its_node_knows(db, spare), await takes_work(db, spare)) == ("warming", True)
    item = await item_of(db, spare)
    assert item is not None
    assert item.caps == kept_warm_caps(PRESETS["steady"])
    assert await status_of(db, spare.id) == "active"

    await counted(db, spare.id, clock.now().date(), "google", sent=20, delivered=20)
    await service.sweep(db, clock)
    assert await as_its_node_knows(db, spare) == "warming", "the day is not over"
    clock.move(timedelta(days=1))
    await service.sweep(db, clock)
    assert (await as_its_node_knows(db, spare), await takes_work(db, spare)) == ("draining", False)
    assert await item_of(db, spare) is None


async def test_however_long_it_stands_by_it_stays_able_to_stand_in(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    spare = await make_warming(standby=True)
    async with db.fleet_tx() as tx:
        await service.finish(tx, clock, spare.id)
    clock.move(timedelta(days=60))
    await service.sweep(db, clock)
    assert await status_of(db, spare.id) == "active"


async def test_one_that_takes_over_while_it_is_kept_warm_is_held_to_no_cap(
    db: Database, clock: FixedClock, make_warming: MakeWarming
) -> None:
    spare = await make_warming("active", standby=True)
    assert await as_its_node_knows(db, spare) == "warming"
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update ips set standby = false where id = $1", spare.id)
        await nodes.describe_again(tx, spare.node.id)
    assert await as_its_node_knows(db, spare) == "active"
    await service.sweep(db, clock)
    assert await item_of(db, spare) is None


def test_what_keeps_an_address_warm_is_a_twentieth_of_what_it_could_send() -> None:
    table = PRESETS["steady"]
    for provider, cap in kept_warm_caps(table).items():
        most = cap_of(table, provider, len(table.steps))
        assert 1 <= cap.per_hour <= cap.per_day <= most.per_day / 20
