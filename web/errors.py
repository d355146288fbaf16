"""Refusals and failures as pages in the portal's look: what happened and the next step, in sentences."""

from http import HTTPStatus
from urllib.parse import quote, urlsplit

import msgspec
import structlog
from litestar import Response
from litestar.response import Redirect

from control_plane.core import problem
from control_plane.core.errors import FleetpostError, Invalid, NotFound, Unauthenticated
from control_plane.core.languages import mark
from web import cookies, csrf
from web.i18n import gettext
from web.redirects import HOME, own_path
from web.refusals import IdentityUnconfirmed
from web.rendering import Answer, shared_renderer

_log = structlog.get_logger()

_PROGRAMS_PATHS = ("/v1", "/agent", "/schema", "/healthz")


class _Page(msgspec.Struct, frozen=True):
    title: str
    sentence: str = ""
    href: str = "/"
    action: str = mark("Go home")


_PAGES = {
    403: _Page(mark("This did not go through")),
    404: _Page(mark("There is nothing here"), mark("The page does not exist, or what it showed is not yours.")),
    405: _Page(mark("There is nothing here"), mark("That address cannot be opened like this.")),
    421: _Page(mark("Nothing is set up under this name"), href=""),  # a way home would lead here again
    500: _Page(
        mark("Something broke on our side"),
        mark("Nothing of yours is lost. Try again in a moment; if it stays like this, tell us the reference below."),
    ),
    503: _Page(
        mark("Back in a moment"),
        mark("A part of the service is restarting. Mail keeps flowing; try again shortly."),
    ),
}


def render(request: cookies.PageRequest, error: Exception) -> Answer:
    """Answer an exception of a page: the way to sign in, or a page that says what happened."""
    known = problem.as_ours(error)
    if isinstance(known, Invalid) and request.method == "GET":
        known = NotFound()  # nobody filled in anything: it is the address that makes no sense
    if isinstance(known, Unauthenticated):
        return _led_to("/confirm-identity" if isinstance(known, IdentityUnconfirmed) else "/sign-in", request)
    if known.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("page failed", action="web.failed", exc_info=error)
    return _page(request, known)


def render_either(request: cookies.PageRequest, error: Exception) -> Answer | Response[problem.Problem]:
    """Answer an exception outside the portal's routes: a browser gets a page, a program problem+json."""
    reads_pages = "text/html" in request.headers.get("accept", "")
    if reads_pages and not request.url.path.startswith(_PROGRAMS_PATHS):
        return render(request, error)
    return problem.render(request, error)


def _page(request: cookies.PageRequest, error: FleetpostError) -> Answer:
    status = error.status.value
    page = _PAGES.get(status) or _PAGES[403]
    context = {
        "theme": cookies.theme(request),
        "csrf_token": csrf.token_of(request),
        "status": status,
        "title": gettext(page.title),
        "sentence": gettext(page.sentence or error.detail),
        "href": page.href,
        "action": gettext(page.action),
        "reference": request.scope["state"].get("request_id", "") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
    }
    return shared_renderer().answer("pages/problem.html", context, status_code=status)


def _led_to(page: str, request: cookies.PageRequest) -> Answer:
    if request.headers.get("hx-request"):
        return Response(None, status_code=HTTPStatus.NO_CONTENT, headers={"hx-redirect": page})
    wanted = _came_for(request)
    address = page if wanted == HOME else f"{page}?next={quote(wanted, safe='')}"
    return Redirect(address, status_code=303, headers={"cache-control": "no-store"})


def _came_for(request: cookies.PageRequest) -> str:
    """Give the page to come back to: the one that was asked for, or the one whose form was sent."""
    if request.method != "GET":
        referrer = urlsplit(request.headers.get("referer", ""))
        return own_path(referrer.path + (f"?{referrer.query}" if referrer.query else ""))
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
