"""Warm-ups in the operator's console: plan against actual, and what can be done."""

from datetime import UTC, date, datetime, timedelta

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.warmup.schemas import PlannedDay
from tests.conftest import Tenant
from tests.isolation.fleet import make_warmup
from tests.web.conftest import MakePerson, Person
from web import warm_up

TODAY = date(2026, 11, 22)


async def watcher(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def sent(db: Database, ip_id: str, provider: str, count: int) -> None:
    """Let some have been sent today."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into ip_daily (ip_id, day, provider, sent, delivered) values ($1, $2, $3, $4, $4)",
            ids.decode("ip", ip_id),
            datetime.now(UTC).date(),
            provider,
            count,
        )


async def test_plan_and_actual_are_shown_for_each_class(
    db: Database, make_person: MakePerson, operator: Tenant
) -> None:
    ip_id = await make_warmup(db)
    await sent(db, ip_id, "google", 73)
    ann = await watcher(make_person, operator)
    assert f"/operator/warm-up/{ip_id}" in await ann.see("/operator/warm-up")
    shown = await ann.see(f"/operator/warm-up/{ip_id}")
    for words in ("73 of 105", "google", "office365", "at most 21 an hour", "Steady"):
        assert words in shown, words


async def test_what_can_be_done_is_done(db: Database, make_person: MakePerson, operator: Tenant) -> None:
    ip_id = await make_warmup(db)
    path = f"/operator/warm-up/{ip_id}"
    ann = await watcher(make_person, operator)
    await ann.submit(f"{path}/hold", page=path)
    assert "Let it go on" in await ann.see(path)
    await ann.submit(f"{path}/resume", page=path)
    await ann.submit(f"{path}/step-back", page=path, provider="google")
    assert "taken back by an operator" in await ann.see(path)
    await ann.submit(f"{path}/schedule", page=path, preset="even")
    assert "1 of 45" in await ann.see(path)
    await ann.submit(f"{path}/finish", page=path)
    over = await ann.see(path)
    assert "Finished" in over
    assert "Finish now" not in over
    assert (await ann.client.get("/operator/warm-up/ip_x")).status_code == 404


def test_each_day_is_a_column_of_what_was_sent_and_what_more_was_planned() -> None:
    planned = [
        PlannedDay(day=TODAY - timedelta(days=1), provider="google", step=2, cap=136, sent=100, verdict="climb",
                   why="all well"),
        PlannedDay(day=TODAY, provider="google", step=3, cap=178, sent=0, verdict="climb", why=""),
    ]  # fmt: skip
    chart = warm_up.chart(planned, TODAY)
    assert len(chart.columns) == warm_up.DAYS
    before, today = chart.columns[-2:]
    assert [box.tone for box in before.boxes] == ["success", "info"]
    assert [box.tone for box in today.boxes] == ["info"]
    assert "100 of 136 sent, step 2 (all well)" in before.title
    assert chart.columns[0].boxes == ()
