"""Every page passes axe-core's WCAG 2.2 AA rules in a real browser, in light and dark, on a desk and on a phone.

The pages are those that are registered: a new one needs a sample in `tests/web/samples.py`. What the browser blocks
under our security policy or reports as an error fails too, and so does a page that loads too much.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from litestar import Litestar
from playwright.async_api import Browser, expect

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from tests.conftest import MakeDomain, MakeTenant
from tests.web.browser import DESK, PHONE, chromium, sight_of
from tests.web.conftest import MakePerson, Person, SendMessage
from tests.web.samples import Sample, World, make_world, pages

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
BUDGET_BYTES = 35 * 1024
SIZES = {"desk": DESK, "phone": PHONE}
ODD = """<!doctype html><html lang="en"><head><title>Odd</title><style>
body { background: #fff; color: #000 } [data-theme=dark] p { color: #ddd }
@media (min-width: 600px) { button { display: none } }
</style></head><body><main><h1>Odd</h1><p>Pale by night</p><button></button></main></body></html>"""


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def world(
    system_domain: TenantId,
    db: Database,
    make_tenant: MakeTenant,
    make_domain: MakeDomain,
    make_person: MakePerson,
    send_message: SendMessage,
) -> World:
    return await make_world(db, make_tenant, make_domain, make_person, send_message)


def test_every_page_has_a_sample(app: Litestar) -> None:
    missing = [page.path for page in pages(app) if not page.is_known]
    assert missing == [], "add a sample or an exception with its reason to tests/web/samples.py"


@pytest.mark.timeout(900)  # some hundred pages, each looked at in four ways
async def test_every_page_is_accessible(browser: Browser, app: Litestar, world: World) -> None:
    samples = [sample for page in pages(app) for sample in page.samples(world)]
    assert len(samples) > 10
    faults = []
    for who in world.people:
        own = [sample for sample in samples if sample.who == who]
        faults += await _look(browser, world.people[who], own)
    assert not faults, "\n".join(faults)


async def _look(browser: Browser, person: Person, samples: list[Sample]) -> list[str]:
    found = []
    async with sight_of(browser, person) as sight:
        for sample in samples:
            answer = await person.client.get(sample.path)
            if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
                found.append(f"{sample.path} is no page but {answer.status_code}: say why in tests/web/samples.py")
                continue
            await sight.open(sample.path)
            for name, size in SIZES.items():
                await sight.page.set_viewport_size(size)
                found += [f"{sample.path} on a {name} {fault}" for fault in await sight.faults_by_day_and_night()]
            weight = sum(sight.loaded.values())
            if not 0 < weight <= BUDGET_BYTES:
                found.append(f"{sample.path} loads {weight} octets of script and style: {sight.loaded}")
            found += [f"{sample.path} complains: {complaint}" for complaint in sight.complaints]
            sight.complaints.clear()
    return found


def test_a_theme_changes_colours_and_but_for_an_icon_nothing_that_is_there() -> None:
    """So in dark there is nothing to look at but colours."""
    lines = [line for template in TEMPLATES.rglob("*.html") for line in template.read_text().splitlines()]
    assert [line for line in lines if "dark:" in line and "ui.icon(" not in line] == []


async def test_what_is_wrong_in_one_theme_or_on_one_size_only_is_found(browser: Browser, visitor: Person) -> None:
    async with sight_of(browser, visitor) as sight:
        await sight.page.goto("about:blank")
        await sight.page.set_content(ODD)
        assert await sight.faults_by_day_and_night() == ["(dark) color-contrast: <p>Pale by night</p>"]
        await sight.page.set_viewport_size(PHONE)
        assert {fault.partition(":")[0] for fault in await sight.faults_by_day_and_night()} == {
            "(light) button-name",
            "(dark) color-contrast",
        }


async def test_the_security_policy_hinders_none_of_our_own_parts(browser: Browser, ann: Person) -> None:
    async with sight_of(browser, ann) as sight:
        for path in ("/", "/messages"):
            await sight.open(path)
        await sight.page.get_by_role("button", name="Switch between light and dark").click()
        assert await sight.page.locator("html").get_attribute("data-theme") == "dark"
        await sight.page.keyboard.press("/")
        assert await sight.page.evaluate("document.activeElement.id") == "query"
        assert sight.complaints == []


async def test_the_palette_is_used_by_keyboard_alone(browser: Browser, ann: Person) -> None:
    async with sight_of(browser, ann) as sight:
        await sight.open("/")
        before = len(sight.loaded)
        await sight.page.keyboard.press("Control+k")
        field = sight.page.get_by_role("combobox")
        await field.wait_for()
        assert len(sight.loaded) > before, "the palette is loaded when it is first needed"
        assert await sight.faults() == []
        await field.fill("domai")
        await sight.page.get_by_role("option", name="Domains").wait_for()
        await expect(sight.page.get_by_role("option")).to_have_count(1)
        await sight.page.keyboard.press("Enter")
        await sight.page.wait_for_url("**/domains")
        assert sight.complaints == []


async def test_letters_and_digits_lead_around(browser: Browser, ann: Person) -> None:
    async with sight_of(browser, ann) as sight:
        await sight.open("/")
        await sight.page.keyboard.press("g")
        await sight.page.keyboard.press("m")
        await sight.page.wait_for_url("**/messages")
        await sight.page.keyboard.press("?")
        await sight.page.get_by_role("dialog").wait_for()
        assert await sight.faults() == []
        await sight.page.keyboard.press("Escape")
        assert await sight.page.get_by_role("dialog").count() == 0
        assert sight.complaints == []


async def test_the_switcher_is_filled_when_it_is_opened(browser: Browser, ann: Person) -> None:
    async with sight_of(browser, ann) as sight:
        await sight.open("/")
        await sight.page.locator("details[data-switcher] summary").click()
        await sight.page.locator("#places-found form").first.wait_for()
        assert await sight.faults() == []
        assert sight.complaints == []
