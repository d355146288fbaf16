"""Figures of the roll-ups lead to steps, which are in force, told, and end by themselves."""

from datetime import timedelta

import asyncpg
import msgspec
import pytest

from control_plane.analytics import service as analytics
from control_plane.bounces import service as bounces
from control_plane.bounces.schemas import Bounced
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service
from control_plane.enforcement.schemas import SendingHealth, TenantMeasures
from control_plane.messages import service as messages
from control_plane.messages.schemas import NewMessage
from tests.conftest import Tenant
from tests.control_plane.enforcement.conftest import Fare


async def _health(db: Database, clock: FixedClock, tenant: Tenant) -> SendingHealth:
    with acting_for(tenant.id):
        return await service.own(db, clock)


async def _steps(db: Database, clock: FixedClock, tenant: Tenant) -> dict[str, str]:
    health = await _health(db, clock, tenant)
    return {measure.stream: measure.step for measure in health.measures}


async def _row(db: Database, tenant: Tenant) -> asyncpg.Record:
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select status, own_status, throttled_hour, paused_streams, risk_streams from tenants where id = $1",
            tenant.id,
        )
    assert row is not None
    return row


async def _events(db: Database, tenant: Tenant) -> list[tuple[str, dict[str, object]]]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch(
                "select type, data::text as data from events where type like 'tenant.%' order by id"
            )
    return [(row["type"], msgspec.json.decode(row["data"])) for row in rows]


async def test_good_mail_is_left_alone(db: Database, clock: FixedClock, grown: Tenant, fare: Fare) -> None:
    await fare(grown, arrived=1000, bounced=20)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {}


async def test_really_bad_mail_pauses_its_stream(db: Database, clock: FixedClock, grown: Tenant, fare: Fare) -> None:
    await fare(grown, arrived=100, bounced=30)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "paused"}
    row = await _row(db, grown)
    assert (row["status"], row["own_status"], row["paused_streams"]) == ("throttled", "active", ["broadcast"])
    assert row["throttled_hour"] == 50
    [measure] = (await _health(db, clock, grown)).measures
    assert {(rate.cause, rate.count, rate.of) for rate in measure.figures} == {("bounces", 30, 130)}
    [(kind, data)] = await _events(db, grown)
    assert (kind, data["status"], data["measures"]) == ("tenant.throttled", "throttled", {"broadcast": "paused"})


async def test_refusals_that_are_about_us_do_not_count(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=100, bounced=50, bounce_class="reputation_blocked")
    await service.sweep(db, clock, least=1)
    assert await _steps(db, clock, grown) == {}


async def test_complaints_warn_first(db: Database, clock: FixedClock, grown: Tenant, fare: Fare) -> None:
    await fare(grown, arrived=2000, complained=4, provider="yahoo")
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "warned"}
    assert (await _row(db, grown))["status"] == "active"


async def test_mail_to_providers_that_say_nothing_does_not_thin_complaints(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=1_000_000, provider="google")
    await fare(grown, arrived=500, complained=5, provider="yahoo")
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "paused"}


async def test_steps_follow_each_other_by_what_was_sent_since(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    seen = []
    for _ in range(4):
        await fare(grown, arrived=940, bounced=60)
        await service.sweep(db, clock)
        seen.append((await _steps(db, clock, grown)).get("broadcast"))
        clock.move(timedelta(hours=25))
    assert seen == ["warned", "throttled", "risk", "paused"]


async def test_with_nothing_new_a_measure_becomes_milder_and_ends(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=100, bounced=30)
    await service.sweep(db, clock)
    seen = []
    for _ in range(20):
        clock.move(timedelta(days=1))
        await service.sweep(db, clock)
        seen.append((await _steps(db, clock, grown)).get("broadcast", "none"))
    assert list(dict.fromkeys(seen)) == ["paused", "risk", "throttled", "warned", "none"]
    row = await _row(db, grown)
    assert (row["status"], row["throttled_hour"], row["paused_streams"]) == ("active", None, [])
    assert [kind for kind, _ in await _events(db, grown)] == ["tenant.throttled", "tenant.resumed"]


async def test_mail_that_waited_is_measured_with_what_arrived_of_it(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=9850, bounced=150, waited_hours=48)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {}
    await fare(grown, arrived=4000, bounced=1000, waited_hours=24 * 30)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "warned"}


async def test_what_comes_back_of_mail_that_was_answered_for_leads_to_no_step(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=45_000, bounced=2600)
    await service.sweep(db, clock)
    clock.move(timedelta(hours=1))
    await fare(grown, arrived=2300, bounced=100, hours_ago=1, later_hours=1)
    await service.sweep(db, clock)
    clock.move(timedelta(hours=6))
    await fare(grown, bounced=200, hours_ago=7, later_hours=7)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "warned"}


async def test_mail_that_turns_out_to_be_really_bad_after_a_warning_is_paused(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=940, bounced=60)
    await service.sweep(db, clock)
    clock.move(timedelta(hours=1))
    await fare(grown, arrived=4000, bounced=2000, hours_ago=1, later_hours=1)
    await service.sweep(db, clock)
    assert await _steps(db, clock, grown) == {"broadcast": "paused"}


async def test_scheduled_mail_counts_when_it_goes(db: Database, clock: FixedClock, grown: Tenant, domain: str) -> None:
    now = clock.now()
    mail = msgspec.convert(
        {
            "from": {"email": f"ann@{domain}"},
            "to": [{"email": "bob@else.test"}],
            "subject": "Hello",
            "text": "Hi",
            "stream": "broadcast",
        },
        NewMessage,
    )
    then = FixedClock(now - timedelta(days=2))
    with acting_for(grown.id):
        await messages.accept_batch(db, then, [msgspec.structs.replace(mail, send_at=now)] * 200)
    await messages.send_scheduled(db, clock)
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """update deliveries d set status = case when place <= 5 then 'bounced' else 'delivered' end
               from (select id, row_number() over (order by id) as place from deliveries where tenant_id = $1) numbered
               where d.tenant_id = $1 and d.id = numbered.id returning d.id, d.message_id, d.recipient, d.status""",
            grown.id,
        )
        bounced = [
            Bounced(
                tenant_id=grown.id,
                message_id=row["message_id"],
                delivery_id=row["id"],
                recipient=row["recipient"],
                bounce_class="invalid_recipient",
                reply="550 5.1.1 User unknown",
                at=now,
            )
            for row in rows
            if row["status"] == "bounced"
        ]
        await bounces.note(tx, bounced, now)
    await analytics.fold(db)
    await bounces.fold(db)
    [stream] = [each for each in (await _health(db, clock, grown)).streams if each.stream == "broadcast"]
    assert {(rate.count, rate.of) for rate in stream.rates if rate.cause == "bounces"} == {(5, 200)}


async def test_when_both_streams_are_paused_the_account_is_suspended(
    db: Database, clock: FixedClock, grown: Tenant, fare: Fare
) -> None:
    await fare(grown, arrived=100, bounced=30)
    await fare(grown, arrived=100, bounced=30, stream="transactional")
    await service.sweep(db, clock)
    assert (await _steps(db, clock, grown))["all"] == "paused"
    assert (await _row(db, grown))["status"] == "suspended"


async def test_looking_twice_takes_a_step_once(db: Database, clock: FixedClock, grown: Tenant, fare: Fare) -> None:
    await fare(grown, arrived=940, bounced=60)
    await service.sweep(db, clock)
    await service.sweep(db, clock)
    assert len((await _history(db, clock, grown)).history) == 1


async def _history(db: Database, clock: FixedClock, tenant: Tenant) -> TenantMeasures:
    return await service.get(db, clock, tenant.id)


async def test_the_operators_own_mail_is_never_paused(
    db: Database, clock: FixedClock, operator: Tenant, fare: Fare
) -> None:
    await fare(operator, arrived=100, bounced=90)
    await service.sweep(db, clock)
    assert await _steps(db, clock, operator) == {}


@pytest.mark.parametrize(("used", "grows_to"), [(0, 300), (100, 300), (300, 600), (15_000, None)])
async def test_a_new_tenant_may_send_more_after_a_good_day(
    db: Database, clock: FixedClock, tenant: Tenant, used: int, grows_to: int | None
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set starting_day = 300 where id = $1", tenant.id)
        await tx.connection.execute(
            """insert into usage (tenant_id, resource, window_start, used)
               values ($1, 'messages_day', date_trunc('day', $2::timestamptz - interval '1 day', 'UTC'), $3)""",
            tenant.id,
            clock.now(),
            used,
        )
    await service.grow(db, clock)
    await service.grow(db, clock)
    assert (await _health(db, clock, tenant)).messages_day == grows_to


async def test_a_new_tenant_with_a_measure_does_not_grow(
    db: Database, clock: FixedClock, tenant: Tenant, fare: Fare
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set starting_day = 300 where id = $1", tenant.id)
        await tx.connection.execute(
            """insert into usage (tenant_id, resource, window_start, used)
               values ($1, 'messages_day', date_trunc('day', $2::timestamptz - interval '1 day', 'UTC'), 300)""",
            tenant.id,
            clock.now(),
        )
    await fare(tenant, arrived=100, bounced=10)
    await service.sweep(db, clock)
    await service.grow(db, clock)
    assert (await _health(db, clock, tenant)).messages_day == 300
