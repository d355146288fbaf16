"""How people set their mail programs up, and what there is at names that are not ours."""

from html import unescape

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import ViewportSize

from control_plane.core.database import Database
from tests.conftest import MakeDomain, Tenant
from tests.web.browser import DESK, PHONE, chromium, sight_of
from tests.web.conftest import MakePerson, Person
from tests.web.samples import make_mailbox
from web import cookies


async def opened(client: httpx.AsyncClient, host: str, path: str = "/") -> httpx.Response:
    return await client.get(path, headers={"Host": host, "Accept": "text/html"})


async def test_whoever_opens_autoconfig_is_shown_the_servers(client: httpx.AsyncClient, domain: str) -> None:
    led = await opened(client, f"autoconfig.{domain}")
    assert (led.status_code, led.headers["location"]) == (303, "/mail-set-up")
    page = unescape((await opened(client, f"autoconfig.{domain}", "/mail-set-up")).text)
    assert f"you@{domain}" in page
    for words in ("mx.fleetpost.test", "Port 993 · SSL/TLS", "Port 995", "Port 465", "Port 587 · STARTTLS"):
        assert words in page


async def test_the_page_is_not_there_for_domains_that_nobody_has_proven(client: httpx.AsyncClient) -> None:
    assert (await opened(client, "autoconfig.nobody.test", "/mail-set-up")).status_code == 404


@pytest.mark.parametrize("label", ["mta-sts", "autoconfig", "autodiscover"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/domains", "/docs"])
async def test_the_portal_is_not_at_customers_names(
    client: httpx.AsyncClient, domain: str, label: str, path: str
) -> None:
    assert (await opened(client, f"{label}.{domain}", path)).status_code == 404


async def test_a_name_that_somebody_pointed_to_us_shows_nothing_of_ours(client: httpx.AsyncClient) -> None:
    for path in ("/", "/sign-in"):
        answer = await opened(client, "bank.phishing.test", path)
        assert answer.status_code == 421
        assert "Nothing is set up under this name" in answer.text
        assert 'type="password"' not in answer.text


async def test_the_portal_is_at_its_own_name_and_at_bare_addresses(client: httpx.AsyncClient) -> None:
    for host in ("fleetpost.test", "FLEETPOST.test:443", "127.0.0.1:8000", "[::1]:8000", "localhost"):
        assert (await opened(client, host, "/sign-in")).status_code == 200, host


async def test_our_own_name_has_no_set_up_page(client: httpx.AsyncClient) -> None:
    assert (await opened(client, "fleetpost.test", "/mail-set-up")).status_code == 404


async def test_a_mailbox_is_set_up_by_a_code_once_the_domains_name_points_to_us(
    ann: Person, make_domain: MakeDomain, db: Database
) -> None:
    domain = await make_domain(ann.tenant, "acme")
    mailbox = await make_mailbox(db, ann.tenant, domain)
    page = await ann.see(f"/mailboxes/{mailbox}/set-up")
    assert f"https://autoconfig.{domain}/profile/ann@{domain}" in page
    assert "data:image/svg+xml" in page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_public_page_is_accessible(
    app: Litestar, make_person: MakePerson, tenant: Tenant, domain: str, size: ViewportSize
) -> None:
    person = await make_person(tenant)
    person.client.headers["Host"] = f"autoconfig.{domain}"
    async with chromium() as browser, sight_of(browser, person, size) as sight:
        for theme in ("light", "dark"):
            person.client.cookies.set(cookies.THEME, theme)
            await sight.open("/mail-set-up")
            assert await sight.faults() == []
            assert sight.complaints == []
