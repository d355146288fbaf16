"""What follows a first proof: the cookie of the session, and the way on or to the second step."""

from urllib.parse import quote

from litestar.response import Redirect

from control_plane.accounts.schemas import Device, SignedIn
from control_plane.core.origin import client_address
from web import cookies
from web.cookies import PageRequest
from web.redirects import HOME, own_path

SECOND_STEP = "/sign-in/second"
_LONGEST_USER_AGENT = 400


def device_of(request: PageRequest) -> Device:
    """Say where somebody signs in from."""
    agent = request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT]
    return Device(address=client_address(request.scope), user_agent=agent)


def arrive(request: PageRequest, begun: SignedIn, wanted: str) -> Redirect:
    """Lead on to the page that was wanted, or to the second step, which leads there."""
    wanted = own_path(wanted)
    path = wanted
    if begun.pending:
        path = SECOND_STEP if wanted == HOME else f"{SECOND_STEP}?next={quote(wanted, safe='')}"
    return Redirect(path, status_code=303, cookies=[cookies.cookie(request, cookies.SESSION, begun.token)])
