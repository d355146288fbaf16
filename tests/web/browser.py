"""A real browser whose requests go straight to the application in this process; it notes what it complains about."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html import escape

from playwright.async_api import Browser, Page, Route, ViewportSize, async_playwright

from tests.web.conftest import FRONTEND, Person

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
_BRIEFLY = {"resultTypes": ["violations"], "selectors": False}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **_BRIEFLY}
RULES_ABOUT_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **_BRIEFLY}
"""Those of `RULES` that a theme can change the answer to: it changes colours, and nothing of what is there."""
ORIGIN = "https://fleetpost.test"
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=800)


@asynccontextmanager
async def chromium(*more: str) -> AsyncGenerator[Browser]:
    """Start the browser, perhaps with more arguments."""
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path="/usr/bin/chromium", args=[*BROWSER_ARGUMENTS, *more])
        yield opened
        await opened.close()


class Sight:
    """A person's page in the browser."""

    def __init__(self, page: Page, person: Person, origin: str = ORIGIN) -> None:
        self.page = page
        self.origin = origin
        self._client = person.client
        self.complaints: list[str] = []
        self.loaded: dict[str, int] = {}
        """The octets of each script and style sheet that the present page loaded, as they came over the wire."""
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, complaint: str) -> None:
        if not complaint.startswith("Transition was "):  # one page soon after another cuts its fade off
            self.complaints.append(complaint)

    async def answer(self, route: Route) -> None:
        """Hand a request to the application; live connections stay open for ever and are left out."""
        request = route.request
        if request.url.partition("?")[0].endswith("/live"):
            return
        path = request.url.removeprefix(self.origin)
        asked = {name: value for name, value in request.headers.items() if name.startswith(("hx-", "x-", "content-"))}
        built = self._client.build_request(
            request.method, path, content=request.post_data_buffer, headers=asked | {"accept-encoding": "br"}
        )
        answer = await self._client.send(built, stream=True)
        body = b"".join([part async for part in answer.aiter_raw()])
        if request.resource_type in ("script", "stylesheet"):
            self.loaded[path] = len(body)
        headers = {name: value for name, value in answer.headers.multi_items() if name != "content-encoding"}
        if answer.headers.get("content-encoding"):
            plain = await self._client.get(path, headers={"accept-encoding": "identity"})
            body = plain.content
        if answer.is_redirect and request.is_navigation_request():  # followed, it would pass by us
            onward = f'<meta http-equiv="refresh" content="0;url={escape(answer.headers["location"])}">'
            await route.fulfill(status=200, content_type="text/html", body=onward)
            return
        await route.fulfill(status=answer.status_code, headers=headers, body=body)

    async def open(self, path: str) -> None:
        """Open a page."""
        self.loaded.clear()
        await self.page.goto(self.origin + path)

    async def faults(self, rules: dict[str, object] = RULES) -> list[str]:
        """List what axe finds wrong with the page."""
        found = await self.page.evaluate("async rules => (await axe.run(document, rules)).violations", rules)
        return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]

    async def faults_by_day_and_night(self) -> list[str]:
        """List what axe finds wrong with the page in light, and then with its colours in dark."""
        found = []
        for theme, rules in (("light", RULES), ("dark", RULES_ABOUT_COLOUR)):
            await self.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            found += [f"({theme}) {fault}" for fault in await self.faults(rules)]
        return found


@asynccontextmanager
async def sight_of(
    browser: Browser, person: Person, size: ViewportSize = DESK, origin: str = ORIGIN
) -> AsyncGenerator[Sight]:
    """Open a window for a person."""
    page = await browser.new_page(viewport=size, bypass_csp=False, reduced_motion="reduce")
    await page.add_init_script(path=AXE)  # not as a script of the page: our policy would rightly block it
    sight = Sight(page, person, origin)
    await page.route("**/*", sight.answer)
    try:
        yield sight
    finally:
        await page.close()
