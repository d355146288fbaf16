"""Shaping rules rolled out: nodes in it have the new version, all others the one in force."""

import msgspec
import pytest

from control_plane.core.errors import Invalid
from control_plane.rollouts import service
from control_plane.shaping import service as shaping
from control_plane.shaping.errors import ShapingUnderWay
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges
from tenant_agent import wire
from tests.control_plane.rollouts.fleet import Fleet
from tests.control_plane.rollouts.test_service import to_completion

RULE = "any-put-off"


async def saved(fleet: Fleet, *, at_once: bool = False, without: tuple[str, ...] = (RULE,)) -> int:
    """Save a version that leaves a rule out; gives its number."""
    changes = ShapingChanges(without_rules=without)
    new = NewShapingRules(changes=changes, reason="To see", at_once=at_once)
    async with fleet.db.fleet_tx() as tx:
        return (await shaping.save(tx, new)).version


async def rules_of(fleet: Fleet, name: str) -> set[str]:
    """Name the rules that a node is to have."""
    async with fleet.db.fleet_tx() as tx:
        found: bytes | None = await tx.connection.fetchval(
            "select payload from node_items where node_id = $1 and kind = 'shaping'", fleet.members[name].id
        )
    item = None if found is None else msgspec.msgpack.decode(found, type=wire.ShapingItem)
    return set() if item is None else {rule.name for rule in item.rules}


async def test_a_version_that_is_only_saved_reaches_nobody(fleet: Fleet) -> None:
    await saved(fleet, at_once=True, without=())
    number = await saved(fleet)
    await shaping.publish(fleet.db)
    async with fleet.db.fleet_tx() as tx:
        assert (await shaping.in_force(tx)).version != number
    assert RULE in await rules_of(fleet, "a")


async def test_nodes_in_a_roll_out_have_the_new_version_and_no_others(fleet: Fleet) -> None:
    await saved(fleet, at_once=True, without=())
    number = await saved(fleet)
    rollout = await fleet.start(kind="shaping", daemons=None, shaping_version=number)
    await fleet.look(rollout)
    await shaping.publish(fleet.db)
    await service.tell_all(fleet.db)
    assert RULE not in await rules_of(fleet, "a")
    assert RULE in await rules_of(fleet, "b")

    async with fleet.db.fleet_tx() as tx:
        with pytest.raises(ShapingUnderWay):
            await shaping.save(tx, NewShapingRules(changes=ShapingChanges(), reason="Now"))

    await fleet.refuse("a", "it died")
    assert (await fleet.look(rollout)).status == "rolling_back"
    assert RULE in await rules_of(fleet, "a")


async def test_what_went_through_is_in_force_for_all(fleet: Fleet) -> None:
    await saved(fleet, at_once=True, without=())
    number = await saved(fleet)
    rollout = await to_completion(fleet, await fleet.start(kind="shaping", daemons=None, shaping_version=number))
    assert rollout.status == "completed"
    async with fleet.db.fleet_tx() as tx:
        assert (await shaping.in_force(tx)).version == number
    assert RULE not in await rules_of(fleet, "b")
    await saved(fleet, at_once=True, without=())


async def test_a_version_that_was_never_saved_is_refused(fleet: Fleet) -> None:
    with pytest.raises(Invalid):
        await fleet.start(kind="shaping", daemons=None, shaping_version=2**31 - 1)
