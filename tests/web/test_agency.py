"""An agency's console: clients at a glance, found, sorted and taken along as CSV."""

import statistics
import time
from datetime import UTC, datetime

from control_plane.core.database import Database
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.agencies.many import add_clients
from tests.web.conftest import MakePerson

MOST_MILLISECONDS = 3000
"""The bar is 200 on a machine that does nothing else; here it is to notice a plan that has gone astray."""


async def test_clients_are_shown_with_their_health_and_the_figures_over_all(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    await add_clients(db, agency, 3)
    ann = await make_person(agency)
    await ann.sign_in()
    page = await ann.see("/agency")
    assert page.count('viewBox="0 0 69 20"') == 3
    for words in (
        "Client 1",
        "Client 2",
        "Client 3",
        "Bounces",
        "10.0 %",
        "3 need attention",
        "720",
        "21,600 in 30 days",
    ):
        assert words in page, words
    found = await ann.see("/agency?query=client+2&sort=name&health=bad")
    assert "Client 2" in found
    assert "Client 1" not in found
    assert "Nothing matches" in await ann.see("/agency?health=good")
    for odd in ("?after=-1", "?after=99999999999999", "?sort=%00", "?health=x&status=y", "?query=%00%F0%9F%92%A9"):
        await ann.see(f"/agency{odd}")


async def test_all_clients_go_into_a_file(db: Database, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    agency = await make_tenant("agency")
    await add_clients(db, agency, 205)
    ann = await make_person(agency)
    await ann.sign_in()
    lines = (await ann.client.get("/agency?format=csv")).text.splitlines()
    assert lines[0].startswith("id,name,kind")
    assert len(lines) == 206
    assert 'rel="next"' in await ann.see("/agency")
    assert (await ann.see("/agency?after=200")).count("row-link") == 5


async def test_a_client_has_no_console_of_others(make_person: MakePerson, tenant: Tenant) -> None:
    ann = await make_person(tenant)
    await ann.sign_in()
    assert "No client yet" in await ann.see("/agency")


async def test_a_page_of_a_thousand_clients_is_there_quickly(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    await add_clients(db, agency, 1000, datetime.now(UTC))
    ann = await make_person(agency)
    await ann.sign_in()
    await ann.see("/agency")
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        await ann.client.get("/agency")
        seconds.append(time.perf_counter() - began)
    print(f"the page of 1,000 clients: median {statistics.median(seconds) * 1000:.0f} ms")
    assert min(seconds) * 1000 <= MOST_MILLISECONDS
