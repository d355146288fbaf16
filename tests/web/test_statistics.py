"""Statistics tell how mail fared over a time, beside the time before."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from control_plane.analytics.schemas import Counts, Part
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant
from tests.control_plane.analytics.test_roll_ups import deliver, move
from tests.web.conftest import MakePerson, Person
from web.statistics import PERIODS, statistics

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY, WEEK, *_ = PERIODS


def part(hours_ago: int = 0, stream: str = "transactional", provider: str = "google", **counts: int) -> Part:
    start = NOW.replace(minute=0) - timedelta(hours=hours_ago)
    return Part(start=start, stream=stream, provider=provider, counts=Counts(**counts))


def test_a_day_ends_with_the_present_hour_and_a_week_with_today() -> None:
    assert DAY.since(NOW) == datetime(2026, 11, 21, 13, tzinfo=UTC)
    assert WEEK.since(NOW) == datetime(2026, 11, 16, tzinfo=UTC)
    assert WEEK.before(NOW) == datetime(2026, 11, 9, tzinfo=UTC)


def test_figures_have_their_shares_and_those_of_the_time_before() -> None:
    parts = [
        part(deliveries=100, delivered=90, bounced=5, deferred=5),
        part(1, deliveries=10, delivered=9, complained=1),
    ]
    told = statistics(parts, [part(deliveries=50, delivered=49, bounced=1)], DAY, NOW)
    figures = {figure.label: figure for figure in told.figures}
    assert (figures["Sent"].count, figures["Sent"].change) == (110, "before: 50")
    assert (figures["Bounced"].count, figures["Bounced"].share, figures["Bounced"].change) == (
        5,
        "4.8 %",
        "before: 2 %",
    )
    assert figures["Complained"].share == "1 %"
    assert figures["Delivered"].count == 100


def test_small_shares_are_told_exactly() -> None:
    told = statistics([part(deliveries=10_000, delivered=9_992, complained=8)], [], DAY, NOW)
    [complained] = [figure for figure in told.figures if figure.label == "Complained"]
    assert (complained.share, complained.change) == ("0.08 %", "")


def test_the_picture_has_a_column_for_each_hour_even_without_mail() -> None:
    told = statistics([part(2, deliveries=3, delivered=2, bounced=1)], [], DAY, NOW)
    assert len(told.chart.columns) == 24
    assert told.chart.columns[-3].title == "10:00: Delivered 2, Not delivered 1"
    assert told.chart.columns[-1].title == "12:00: nothing"


def test_the_greatest_provider_comes_first() -> None:
    told = statistics([part(deliveries=1), part(provider="generic", deliveries=2)], [], DAY, NOW)
    assert [line.name for line in told.providers] == ["Others", "Google"]


async def test_the_page_counts_what_was_sent(ann: Person, db: Database) -> None:
    made = await deliver(db, ann.tenant, ["a@gmail.com", "b@gmail.com", "c@else.test"])
    await move(db, ann.tenant, made[:2], "delivered")
    page = await ann.see("/statistics?period=day")
    assert "Google" in page
    assert "Others" in page
    assert "Nothing was sent" in await ann.see("/statistics?provider=yahoo")
    assert "Whose" not in page


def test_only_what_is_known_as_a_whole_is_compared_with() -> None:
    assert {period.name: period.has_one_before(NOW) for period in PERIODS} == {
        "day": True,
        "week": True,
        "month": True,
        "quarter": False,
    }


async def test_a_quarter_is_not_compared_with_the_hours_that_are_left_of_the_one_before(
    ann: Person, db: Database
) -> None:
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
                   select $1, date_trunc('hour', now() - days * interval '1 day', 'UTC'), 'transactional', 'google',
                     'delivered', 1
                   from unnest(array[0, 40, 95]) as days""",
                ann.tenant.id,
            )
    assert "before: 1" in await ann.see("/statistics")
    page = await ann.see("/statistics?period=quarter")
    assert "Google" in page
    assert "before:" not in page


async def test_it_is_also_a_file(ann: Person, db: Database) -> None:
    await deliver(db, ann.tenant, ["a@gmail.com"])
    answer = await ann.client.get("/statistics?format=csv")
    header, line = csv.reader(answer.text.splitlines())
    assert header[:4] == ["start", "stream", "provider", "deliveries"]
    assert line[1:4] == ["transactional", "google", "1"]


async def test_an_agency_sees_its_clients_together(
    make_tenant: MakeTenant, make_person: MakePerson, db: Database
) -> None:
    agency = await make_tenant("agency")
    client, other = await make_tenant(), await make_tenant()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set parent_id = $2, path = array[$2::uuid] where id = $1", client.id, agency.id
        )
    person = await make_person(agency)
    await person.sign_in()
    await deliver(db, client, ["a@gmail.com"])
    await deliver(db, other, ["a@yahoo.com"])
    assert "Nothing was sent" in await person.see("/statistics?period=day")
    page = await person.see("/statistics?period=day&whose=all")
    assert ">Google</td>" in page
    assert ">Yahoo</td>" not in page


@pytest.mark.parametrize("query", ["period=%00", "period=x&stream=y&provider=z&whose=w", "whose=all", "after=x"])
async def test_odd_addresses_show_the_page(ann: Person, query: str) -> None:
    assert (await ann.client.get(f"/statistics?{query}")).status_code == 200
