"""Roll-outs on the real database, with a simulated fleet: they go on, stop, go back, and outlive who drives them."""

import asyncio
from datetime import timedelta

import pytest

from control_plane.core.errors import Invalid
from control_plane.core.ids import TenantId, decode
from control_plane.nodes import service as nodes
from control_plane.rollouts import service
from control_plane.rollouts.errors import RolloutOver, RolloutUnderWay
from control_plane.rollouts.schemas import DaemonParameters, Rollout
from tests.control_plane.rollouts.fleet import PROBE, Fleet, slower


async def to_completion(fleet: Fleet, rollout: Rollout) -> Rollout:
    """Let everything go well."""
    await fleet.look(rollout)
    for stage in range(rollout.stages):
        await fleet.take(*(name for name in fleet.members if fleet.part(rollout, name).stage == stage))
        await fleet.look(rollout)
        rollout = await fleet.look(rollout, seconds=60)
    return rollout


async def test_a_good_change_reaches_the_canary_then_the_waves_then_all(fleet: Fleet) -> None:
    rollout = await fleet.start(waves=[60, 100])
    assert (rollout.status, rollout.stages, fleet.part(rollout, "a").stage) == ("running", 3, 0)

    rollout = await fleet.look(rollout)
    assert sorted(fleet.states(rollout).values()) == ["applying", "waiting", "waiting"]
    given = await fleet.item("a")
    assert given is not None
    assert (given.release, given.postfix, given.probe) == (rollout.id, {"smtp_helo_timeout": "60s"}, None)
    assert await fleet.item("b") is await fleet.item("c") is None

    await fleet.take("a")
    assert fleet.states(await fleet.look(rollout))["a"] == "soaking"
    assert fleet.states(await fleet.look(rollout, seconds=59))["a"] == "soaking"
    rollout = await fleet.look(rollout, seconds=1)
    assert (rollout.stage, fleet.states(rollout)["a"]) == (1, "passed")
    assert sorted(fleet.states(rollout).values()) == ["applying", "passed", "waiting"]

    await fleet.take("b", "c")
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=60)
    assert rollout.stage == 2
    await fleet.take("b", "c")
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=60)
    assert (rollout.status, set(fleet.states(rollout).values())) == ("completed", {"passed"})


async def test_what_went_through_is_what_new_nodes_get(fleet: Fleet) -> None:
    rollout = await to_completion(fleet, await fleet.start(daemons=slower("78s")))
    assert rollout.status == "completed"
    fleet.members["new"] = fleet.members.pop("c")
    async with fleet.db.fleet_tx() as tx:
        await tx.connection.execute("delete from node_items where kind = 'daemons'")

    await service.tell_all(fleet.db)

    given = await fleet.item("new")
    assert given is not None
    assert (given.release, given.postfix) == (rollout.id, {"smtp_helo_timeout": "78s"})


async def test_new_nodes_do_not_get_the_canarys(fleet: Fleet) -> None:
    before = await fleet.item("b")
    rollout = await fleet.start(daemons=slower("61s"))
    await fleet.look(rollout)

    await service.tell_all(fleet.db)

    after, canary = await fleet.item("b"), await fleet.item("a")
    assert canary is not None
    assert canary.postfix == {"smtp_helo_timeout": "61s"}
    assert after is None or before is None or after.postfix == before.postfix
    assert after is None or after.postfix != canary.postfix


async def test_a_broken_change_stops_at_the_canary_goes_back_and_names_the_cause(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("62s"))
    await fleet.look(rollout)
    generation_before = await nodes.desired_generation(fleet.db, fleet.members["b"].id)
    await fleet.refuse("a", "fatal: bad string length 0 < 1: mail_owner =")

    rollout = await fleet.look(rollout)
    assert rollout.status == "rolling_back"
    assert rollout.cause is not None
    assert fleet.members["a"].name in rollout.cause
    assert "postfix: fatal: bad string length" in rollout.cause

    await fleet.take("a")
    rollout = await fleet.look(rollout)
    assert (rollout.status, fleet.states(rollout)) == ("rolled_back", {"a": "failed", "b": "waiting", "c": "waiting"})
    assert await nodes.desired_generation(fleet.db, fleet.members["b"].id) == generation_before
    given = await fleet.item("a")
    assert given is None or given.postfix != {"smtp_helo_timeout": "62s"}
    [told] = await diffs_of(fleet, rollout)
    assert (told, rollout.nodes[0].reason) == ("-a\n+b\n", "postfix: fatal: bad string length 0 < 1: mail_owner =")


async def diffs_of(fleet: Fleet, rollout: Rollout) -> list[str]:
    async with fleet.db.fleet_tx() as tx:
        return [each.diff for each in (await service.diffs(tx, decode(service.PREFIX, rollout.id))).data]


async def test_it_goes_back_when_more_is_deferred_than_before(fleet: Fleet) -> None:
    await fleet.attempts("a", delivered=95, deferred=5)
    rollout = await fleet.start(daemons=slower("63s"))
    await fleet.look(rollout)
    await fleet.take("a")
    await fleet.look(rollout)
    fleet.clock.move(timedelta(seconds=30))
    await fleet.attempts("a", delivered=10, deferred=30)

    rollout = await fleet.look(rollout)

    assert rollout.status == "rolling_back"
    assert rollout.cause is not None
    assert "30 of 40 attempts deferred (75%), before 5%" in rollout.cause


async def test_it_goes_back_when_the_probes_mail_does_not_arrive(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("64s"), probe_address=PROBE)
    await fleet.look(rollout)
    await fleet.take("a")
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=90)
    assert fleet.states(rollout)["a"] == "soaking"  # it waits for word of the mail
    await fleet.probed("a", delivered=False, reply="451 4.4.2 timed out")

    rollout = await fleet.look(rollout)

    assert rollout.status == "rolling_back"
    assert rollout.cause is not None
    assert "its mail did not arrive: 451 4.4.2 timed out" in rollout.cause


async def test_a_probe_that_arrives_lets_the_node_pass(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("65s"), probe_address=PROBE)
    await fleet.look(rollout)
    await fleet.take("a")
    await fleet.probed("a", delivered=True)
    await fleet.look(rollout)

    rollout = await fleet.look(rollout, seconds=60)

    assert fleet.states(rollout)["a"] == "passed"


async def test_it_goes_back_when_a_node_is_lost_that_was_just_given_it(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("66s"))
    await fleet.look(rollout)
    await fleet.lose("a")

    rollout = await fleet.look(rollout)

    # A node that is away is not waited for: it goes back when it returns.
    assert (rollout.status, rollout.cause) == ("rolled_back", f"{fleet.members['a'].name} is silent")


async def test_a_node_that_is_away_is_passed_over_and_gets_it_when_it_is_back(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("67s"))
    await fleet.look(rollout)
    await fleet.lose("c")
    await fleet.take("a")
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=60)
    assert fleet.states(rollout) == {"a": "passed", "b": "applying", "c": "skipped"}
    assert fleet.part(rollout, "c").reason == "is away"

    await fleet.find("c")
    rollout = await fleet.look(rollout)
    assert fleet.states(rollout)["c"] == "applying"


async def test_it_waits_for_nodes_that_are_away_if_it_is_to(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("68s"), hold_for_absent=True)
    await fleet.look(rollout)
    await fleet.lose("c")
    await fleet.take("a")
    await fleet.look(rollout)
    await fleet.look(rollout, seconds=60)
    await fleet.take("b")
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=3600)
    assert (rollout.status, fleet.states(rollout)["c"]) == ("running", "waiting")

    await fleet.find("c")
    assert fleet.states(await fleet.look(rollout))["c"] == "applying"


async def test_paused_it_goes_to_nobody_else_and_still_goes_back(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("69s"))
    await fleet.look(rollout)
    await fleet.take("a")
    async with fleet.db.fleet_tx() as tx:
        await service.pause(tx, decode(service.PREFIX, rollout.id))
    await fleet.look(rollout)
    rollout = await fleet.look(rollout, seconds=60)
    assert (rollout.status, fleet.states(rollout)) == ("paused", {"a": "passed", "b": "waiting", "c": "waiting"})

    await fleet.refuse("a", "it died")
    assert (await fleet.look(rollout)).status == "rolling_back"


async def test_resumed_it_goes_on(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("70s"))
    rollout_id = decode(service.PREFIX, rollout.id)
    async with fleet.db.fleet_tx() as tx:
        await service.pause(tx, rollout_id)
    assert set(fleet.states(await fleet.look(rollout)).values()) == {"waiting"}
    async with fleet.db.fleet_tx() as tx:
        await service.resume(tx, rollout_id)
    assert fleet.states(await fleet.look(rollout))["a"] == "applying"


async def test_aborted_it_gives_back_what_nodes_had(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("71s"))
    rollout_id = decode(service.PREFIX, rollout.id)
    await fleet.look(rollout)
    async with fleet.db.fleet_tx() as tx:
        await service.abort(tx, rollout_id, fleet.clock)
    given = await fleet.item("a")
    assert given is None or given.postfix != {"smtp_helo_timeout": "71s"}
    await fleet.take("a")
    rollout = await fleet.look(rollout)
    assert (rollout.status, fleet.states(rollout)["a"]) == ("aborted", "rolled_back")
    async with fleet.db.fleet_tx() as tx:
        with pytest.raises(RolloutOver):
            await service.pause(tx, rollout_id)


async def test_what_went_through_is_undone_by_a_roll_out_of_what_was_before(fleet: Fleet) -> None:
    first = await to_completion(fleet, await fleet.start(daemons=slower("72s")))
    second = await to_completion(fleet, await fleet.start(daemons=slower("73s")))
    assert second.former.daemons == slower("72s")

    undone = await to_completion(fleet, await fleet.start(daemons=second.former.daemons))

    assert (first.status, undone.status, undone.former.daemons) == ("completed", "completed", slower("73s"))
    given = await fleet.item("b")
    assert given is not None
    assert given.postfix == {"smtp_helo_timeout": "72s"}


async def test_two_workers_take_no_step_twice(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("74s"))
    before = await nodes.desired_generation(fleet.db, fleet.members["a"].id)

    await asyncio.gather(*(service.advance(fleet.db, fleet.clock) for _ in range(4)))

    assert await nodes.desired_generation(fleet.db, fleet.members["a"].id) == before + 1
    assert fleet.states(await fleet.look(rollout))["a"] == "applying"


async def test_a_worker_that_is_killed_half_way_leaves_nothing_half_done(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = await fleet.start(daemons=slower("75s"))
    before = await nodes.desired_generation(fleet.db, fleet.members["a"].id)

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr("control_plane.rollouts.queries.nodes.give", killed)
        with pytest.raises(asyncio.CancelledError):
            await service.advance(fleet.db, fleet.clock)
    assert await nodes.desired_generation(fleet.db, fleet.members["a"].id) == before

    assert fleet.states(await fleet.look(rollout))["a"] == "applying"


async def test_there_is_one_at_a_time(fleet: Fleet) -> None:
    await fleet.start(daemons=slower("76s"))
    with pytest.raises(RolloutUnderWay):
        await fleet.start(kind="daemons", daemons=slower("77s"))


async def test_a_revision_goes_to_nodes_whose_agent_knows_it(fleet: Fleet) -> None:
    with pytest.raises(Invalid):
        await fleet.start(kind="renderer", daemons=None, renderer=7)
    for name in ("a", "b"):
        await service.knows(fleet.db, fleet.members[name].id, [1, 7])

    rollout = await to_completion(fleet, await fleet.start(kind="renderer", daemons=None, renderer=7))

    assert fleet.states(rollout) == {"a": "passed", "b": "passed", "c": "skipped"}
    assert fleet.part(rollout, "c").reason == "does not know this revision: update its agent"
    given = await fleet.item("a")
    assert given is not None
    assert given.renderer == 7


async def test_what_is_not_on_the_list_is_refused_with_its_place(fleet: Fleet) -> None:
    with pytest.raises(Invalid) as refused:
        await fleet.start(daemons=DaemonParameters(postfix={"mynetworks": "0.0.0.0/0", "max_idle": "1h"}))
    assert [error.path for error in refused.value.errors] == ["daemons.postfix.mynetworks", "daemons.postfix.max_idle"]


async def test_a_node_that_is_taken_out_of_service_holds_nobody_up(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("79s"))
    await fleet.look(rollout)
    await fleet.take("a")
    await fleet.look(rollout)
    await fleet.look(rollout, seconds=60)
    await fleet.take("b")
    await fleet.look(rollout)
    await fleet.retire("c")

    assert (await fleet.look(rollout, seconds=60)).status == "completed"


async def test_the_operator_is_told_how_it_ended(fleet: Fleet, system_domain: TenantId) -> None:
    rollout = await fleet.start(daemons=slower("80s"))
    await fleet.look(rollout)
    await fleet.refuse("a", "it died")
    await fleet.look(rollout)
    await fleet.take("a")
    assert (await fleet.look(rollout)).status == "rolled_back"

    async with fleet.db.fleet_tx() as tx:
        told = await tx.connection.fetchval(
            "select data ->> 'cause' from events where tenant_id = $1 and type = 'rollout.rolled_back' "
            "and data ->> 'rollout_id' = $2",
            system_domain,
            rollout.id,
        )
    assert told == f"{fleet.members['a'].name} did not pass (configuration): postfix: it died"


async def test_what_a_node_refused_before_is_no_fault_of_the_change(fleet: Fleet) -> None:
    await fleet.quarantine("a", "node", "its certificate is missing")
    rollout = await fleet.start(daemons=slower("84s"))
    await fleet.look(rollout)
    await fleet.take("a")
    assert fleet.states(await fleet.look(rollout))["a"] == "soaking"

    await fleet.quarantine("a", "daemons", "smtp_helo_timeout is not known here")
    rollout = await fleet.look(rollout)
    assert rollout.cause == f"{fleet.members['a'].name} refused it: daemons: smtp_helo_timeout is not known here"
