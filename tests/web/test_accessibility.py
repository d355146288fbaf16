"""Every page passes axe-core's WCAG 2.2 AA rules in a real browser, in light and dark, on a desk and on a phone.

The browser's requests go straight to the application in this process; what it blocks under our security policy, or
reports as an error, fails too.
"""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from tests.web.conftest import FRONTEND, Person, SendMessage

AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ORIGIN = "https://portal.test"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
        yield opened
        await opened.close()


class Sight:
    """A person's page in the browser, with everything that it complained about."""

    def __init__(self, page: Page, person: Person) -> None:
        self.page = page
        self._client = person.client
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def answer(self, route: Route) -> None:
        """Hand a request to the application; live connections stay open for ever and are left out."""
        request = route.request
        if request.url.partition("?")[0].endswith("/live"):
            return
        path = request.url.removeprefix(ORIGIN)
        answer = await self._client.request(request.method, path, content=request.post_data_buffer)
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        await route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    async def faults(self, path: str) -> list[str]:
        """Open a page and list what axe finds wrong with it."""
        await self.page.goto(ORIGIN + path)
        await self.page.add_script_tag(path=AXE)
        found = await self.page.evaluate("rules => axe.run(document, rules)", RULES)
        return [
            f"{path}: {fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]
        ]


@pytest.mark.parametrize(("theme", "size"), [("light", DESK), ("dark", DESK), ("light", PHONE)])
async def test_every_page_is_accessible(
    browser: Browser, ann: Person, domain: str, send_message: SendMessage, theme: str, size: dict[str, int]
) -> None:
    message_id = await send_message(ann.tenant, domain)
    added = (await ann.submit("/domains", page="/domains", name="example.org")).headers["location"]
    paths = ["/", "/messages", f"/messages/{message_id}", "/messages/new", "/domains", added, "/mailboxes", "/webhooks"]
    ann.client.cookies.set("fp_theme", theme)
    page = await browser.new_page(viewport=size, bypass_csp=True, reduced_motion="reduce")  # type: ignore[arg-type]
    sight = Sight(page, ann)
    await page.route("**/*", sight.answer)
    faults = [fault for path in paths for fault in await sight.faults(path)]
    await ann.submit("/sign-out")
    faults += await sight.faults("/sign-in")
    await page.close()
    assert faults == []
    assert sight.complaints == []


async def test_the_security_policy_hinders_none_of_our_own_parts(browser: Browser, ann: Person) -> None:
    page = await browser.new_page()
    sight = Sight(page, ann)
    await page.route("**/*", sight.answer)
    for path in ("/", "/messages"):
        await page.goto(ORIGIN + path)
    await page.get_by_role("button", name="Switch between light and dark").click()
    assert await page.locator("html").get_attribute("data-theme") == "dark"
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "recipient"
    await page.close()
    assert sight.complaints == []
