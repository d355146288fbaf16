"""The owner of an address answers on a page that a mailed link leads to; opening it changes nothing."""

import re
import secrets

from control_plane.core.database import Database
from tests.conftest import MakeTenant
from tests.mailbox import link_to
from tests.web.conftest import MakePerson, Person


async def route_page(person: Person) -> str:
    """Give the page of the only route."""
    found = re.search(r"/inbound/rte_\w+", await person.see("/inbound"))
    assert found
    return await person.see(found[0])


async def test_they_see_who_asks_and_answer(db: Database, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    tenant = await make_tenant()
    ann, stranger = await make_person(tenant), await make_person(tenant)
    await ann.sign_in()
    to = f"zoe-{secrets.token_hex(4)}@else.test"
    match = {"kind": "header", "header": "Subject", "pattern": "*bill*"}
    made = await ann.submit("/inbound", page="/inbound", name="Bills", action="forward", to=to, **match)
    assert made.status_code == 303
    link = await link_to(db, to)
    assert f"forward mail to {to}" in await stranger.see(link)
    assert "Not confirmed" in await route_page(ann)
    assert "Mail comes to you from now on" in (await stranger.submit(link, page=link, answer="yes")).text
    assert "Confirmed" in await route_page(ann)
    assert "Nothing is forwarded to you" in (await stranger.submit(link, page=link, answer="no")).text
    assert "Declined" in await route_page(ann)


async def test_a_link_that_is_none_says_so(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    stranger = await make_person(await make_tenant())
    answer = await stranger.client.get(f"/forwarding/{'0' * 52}-0-{'0' * 40}")
    assert answer.status_code == 404
    assert "This link is over" in answer.text
