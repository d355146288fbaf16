"""Digits lead between the accounts, and nought leads who acts for a client back to all clients."""

import httpx

from tests.conftest import MakeTenant
from tests.web.browser import chromium, sight_of
from tests.web.conftest import MakePerson


async def test_digits_lead_to_a_client_and_nought_back(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    await client.post("/v1/clients", json={"name": "Bakery"}, headers=agency.headers)
    nora = await make_person(agency)
    await nora.sign_in()
    async with chromium() as browser, sight_of(browser, nora) as sight:
        await sight.open("/")
        await sight.page.keyboard.press("2")
        await sight.page.get_by_text("You act for Bakery").wait_for()
        await sight.page.wait_for_load_state()  # keys are heard once the page's program runs
        await sight.page.keyboard.press("0")
        await sight.page.get_by_role("heading", name="Clients").wait_for()
        assert await sight.page.get_by_text("You act for Bakery").count() == 0
        assert sight.complaints == []
