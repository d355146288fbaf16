"""Roll-outs in the operator's console: begun, looked at, paused, ended, undone."""

from collections.abc import AsyncGenerator

import pytest

from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId, decode
from control_plane.nodes import service as nodes
from control_plane.rollouts import service
from control_plane.rollouts.schemas import DaemonParameters, RolloutChange
from tenant_agent import wire
from tests.conftest import Tenant
from tests.isolation.fleet import make_rollout
from tests.web.conftest import MakePerson, Person
from web import rollout_form, rollouts

PATH = "/operator/rollouts"


@pytest.fixture(autouse=True)
async def ended(db: Database) -> AsyncGenerator[None]:
    """Leave nothing under way, before and after."""
    await end_all(db)
    yield
    await end_all(db)


async def end_all(db: Database) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update rollouts set status = 'aborted', ended_at = now() where ended_at is null")


async def watcher(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def tell_of_a_problem(db: Database, rollout_id: str) -> None:
    """Let the canary refuse its configuration."""
    await service.advance(db, SystemClock())
    async with db.fleet_tx() as tx:
        found = await service.get(tx, decode(service.PREFIX, rollout_id))
    canary = next(node for node in found.nodes if node.state == "applying")
    node_id = NodeId(decode("nod", canary.node_id))
    frame = wire.Configured(
        generation=await nodes.desired_generation(db, node_id),
        release=rollout_id,
        service="postfix",
        diff="--- main.cf\n+++ main.cf\n@@ -1 +1 @@\n-max_idle = 100s\n+max_idle = <script>\n",
        problem="postfix: fatal: it is broken",
    )
    await service.configured(db, node_id, frame, SystemClock())
    await service.advance(db, SystemClock())


async def test_one_is_begun_with_parameters_of_the_list(
    db: Database, make_person: MakePerson, operator: Tenant
) -> None:
    for _ in range(2):
        await make_rollout(db)  # for its node
    await end_all(db)
    ann = await watcher(make_person, operator)
    form = f"{PATH}/new"
    assert "smtp_helo_timeout" in await ann.see(form)

    wrong = await ann.submit(form, page=form, kind="daemons", soak="x", waves="50", **{"postfix:max_idle": "77s"})
    assert wrong.status_code == 400
    refused = await ann.submit(form, page=form, kind="daemons", soak="1", waves="50", **{"postfix:max_idle": "77"})
    assert refused.status_code == 422
    assert "Give a time from 10s to 10m" in refused.text

    made = await ann.submit(form, page=form, kind="daemons", soak="1", waves="50", **{"postfix:max_idle": "77s"})
    assert made.status_code == 303
    shown = await ann.see(made.headers["location"].partition("?")[0])
    for words in ("postfix: max_idle = 77s", "Canary", "Wave 1", "Running"):
        assert words in shown, words
    assert "Roll out a change" not in await ann.see(PATH)  # there is one at a time


async def test_it_is_paused_goes_on_and_is_ended(db: Database, make_person: MakePerson, operator: Tenant) -> None:
    path = f"{PATH}/{await make_rollout(db)}"
    ann = await watcher(make_person, operator)
    await ann.submit(f"{path}/pause", page=path)
    assert "Let it go on" in await ann.see(path)
    await ann.submit(f"{path}/resume", page=path)
    assert "Pause" in await ann.see(path)
    await ann.submit(f"{path}/abort", page=path)
    assert "Going back" in await ann.see(path)


async def test_why_it_went_back_is_said_and_what_changed_is_shown(
    db: Database, make_person: MakePerson, operator: Tenant
) -> None:
    rollout_id = await make_rollout(db)
    await tell_of_a_problem(db, rollout_id)
    ann = await watcher(make_person, operator)
    shown = await ann.see(f"{PATH}/{rollout_id}")
    for words in ("postfix: fatal: it is broken", "Failed", "-max_idle = 100s", "+max_idle = <script>"):
        assert words in shown, words
    assert "it is broken" in await ann.see(PATH)


async def test_the_form_to_undo_holds_what_was_before(db: Database, make_person: MakePerson, operator: Tenant) -> None:
    rollout_id = await make_rollout(db)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """update rollouts set status = 'completed', ended_at = now(),
                 former = '{"daemons": {"postfix": {"max_idle": "42s"}}}'
               where id = $1""",
            decode(service.PREFIX, rollout_id),
        )
    ann = await watcher(make_person, operator)
    assert "Undo it" in await ann.see(f"{PATH}/{rollout_id}")
    assert 'value="42s"' in await ann.see(f"{PATH}/new?undo={rollout_id}")


async def test_saved_shaping_rules_are_led_on_to_a_roll_out(make_person: MakePerson, operator: Tenant) -> None:
    ann = await watcher(make_person, operator)
    change = "/operator/shaping/change"
    saved = await ann.submit(change, page=change, changes='{"without_rules": ["any-put-off"]}', reason="To be tried")
    assert saved.headers["location"].startswith(f"{PATH}/new?kind=shaping&version=")
    assert "To be tried" in await ann.see(saved.headers["location"])
    assert "Roll out" in await ann.see("/operator/shaping")


def test_what_is_filled_in_is_what_is_asked_for() -> None:
    change = RolloutChange(daemons=DaemonParameters(postfix={"max_idle": "42s"}, rspamd={"actions.reject": "20"}))
    form = rollout_form.empty("daemons", change) | {"canary": "n1", "hold": "yes"}
    asked = rollout_form.asked(form)
    assert (asked.daemons, asked.canary, asked.waves, asked.soak_seconds) == (
        change.daemons,
        ("n1",),
        (10, 50, 100),
        600,
    )
    assert asked.hold_for_absent


def test_a_change_is_said_in_a_line() -> None:
    assert rollouts.in_words(RolloutChange(daemons=DaemonParameters(dovecot={"auth_cache_ttl": "1h"}))) == (
        "dovecot: auth_cache_ttl = 1h"
    )
    assert rollouts.in_words(RolloutChange(daemons=DaemonParameters())) == "No parameters"
    assert rollouts.in_words(RolloutChange(renderer=0)) == "The newest"
