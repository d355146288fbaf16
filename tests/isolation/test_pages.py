"""Every page of the portal × nobody and strangers: it asks who is there, and shows nothing of anybody else."""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from control_plane.core import ids
from control_plane.core.database import Database
from tests.cases import CASES
from tests.conftest import Tenant
from tests.isolation.crossing import Crossing
from tests.isolation.places import Place
from tests.isolation.samples import THINGS
from tests.web.conftest import Person
from web.visitor import VisitorMiddleware

OPEN = re.compile(
    r"/(sign-(in|up|out)|forgot-password|links|invitations|forwarding|docs|confirm-identity|brand|\.well-known|theme|dns|mail-set-up)\b"
)
"""Pages for who is not signed in, or that see to it themselves."""
_SIGN_IN = "/sign-in"
_NOT_THERE = (404, 405)


def portal_routes(app: Litestar) -> list[tuple[str, str]]:
    """List the portal's pages: method and address."""
    return [
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if _is_page(handler)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]


def _is_page(handler: HTTPRouteHandler) -> bool:
    layers = [each for layer in handler.ownership_layers for each in (layer.middleware or ())]
    return any(isinstance(each, VisitorMiddleware) for each in layers)


def filled(path: str, things: dict[str, str]) -> str:
    """Put things into an address; what is not known there is something that never was."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: things.get(found[1], f"x_{ids.bare(ids.new_uuid())}"), path)


async def test_no_page_is_shown_to_nobody(app: Litestar, asking: httpx.AsyncClient) -> None:
    routes = portal_routes(app)
    assert len(routes) > 20
    shown = []
    for method, path in routes:
        if OPEN.match(path):
            continue
        answer = await asking.request(method, filled(path, {}), headers={"accept": "text/html"})
        led_to = answer.headers.get("location", answer.headers.get("hx-redirect", ""))
        if not (led_to.startswith(_SIGN_IN) or answer.status_code in (401, 403)):
            shown.append(f"{method} {path}: {answer.status_code} {led_to}")
    CASES["pages for nobody"] = len(routes)
    assert shown == []


@pytest.fixture
async def stranger_at_the_browser(
    crossing: Crossing, make_person: Callable[..., Awaitable[Person]], db: Database
) -> Person:
    """An owner of the sibling, signed in."""
    sibling = crossing.world.sibling
    person = await make_person(Tenant(sibling.id, sibling.key))
    assert (await person.sign_in()).status_code == 303
    return person


async def test_no_page_shows_or_changes_what_is_somebody_elses(
    app: Litestar, crossing: Crossing, stranger_at_the_browser: Person
) -> None:
    await crossing.prepare()
    victim: Place = crossing.world.client
    things = {name: each for made in crossing.made.values() for name, each in made.items()}
    known = {each for name, each in crossing.made["client"].items() if THINGS[name].known is None}
    marks = victim.marks | known - {victim.root_id}
    person, found, tried = stranger_at_the_browser, [], 0
    token = await person.token("/")
    for method, path in portal_routes(app):
        if OPEN.match(path) or path.endswith("/live") or (method != "GET" and "{" not in path):
            continue
        body = None if method == "GET" else {"_csrf_token": token}
        theirs = await person.client.request(method, filled(path, things), data=body)
        tried += 1
        found += [f"{method} {path}: shows {mark}" for mark in marks if mark in theirs.text.replace(token, "")]
        if "{" in path and "resource" not in path and theirs.is_success:
            found.append(f"{method} {path}: {theirs.status_code} for what is somebody else's")
    CASES["pages for a stranger"] = tried
    assert found == []
