"""What follows a first proof: the cookie of the session, and the way on or to the second step."""

from datetime import timedelta
from urllib.parse import quote

from litestar.response import Redirect

from control_plane.accounts import devices
from control_plane.accounts.schemas import Device, SignedIn
from control_plane.core.origin import client_address
from web import cookies
from web.cookies import PageRequest
from web.redirects import HOME, own_path

SECOND_STEP = "/sign-in/second"
_LONGEST_USER_AGENT = 400
_KNOWN_FOR = timedelta(days=180)


def device_of(request: PageRequest) -> Device:
    """Say where somebody signs in from."""
    agent = request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT]
    return Device(address=client_address(request.scope), user_agent=agent)


def known_as(request: PageRequest, email: str) -> str:
    """Give the browser's number, if somebody has signed in from it with this address before."""
    held = cookies.read(request, cookies.DEVICE)
    return devices.recognise(cookies.runtime_of(request).settings.session_secret, email, held)


def arrive(request: PageRequest, begun: SignedIn, wanted: str, email: str = "") -> Redirect:
    """Lead on to the page that was wanted, or to the second step, which leads there.

    With an address, the browser is known from now on as one that its owner has signed in from.
    """
    wanted = own_path(wanted)
    path = wanted
    if begun.pending:
        path = SECOND_STEP if wanted == HOME else f"{SECOND_STEP}?next={quote(wanted, safe='')}"
    kept = [cookies.cookie(request, cookies.SESSION, begun.token)]
    if email:
        device = devices.issue(cookies.runtime_of(request).settings.session_secret, email)
        kept.append(cookies.lasting(request, cookies.DEVICE, device, int(_KNOWN_FOR.total_seconds())))
    return Redirect(path, status_code=303, cookies=kept)
