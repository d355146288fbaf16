"""Signing in with one's organisation: to its provider and back."""

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.service import provider_sign_in
from control_plane.accounts.service.provider_sign_in import Return, WayThere
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.rate_limit import limit_by_address
from web import cookies
from web.cookies import PageRequest, runtime_of
from web.entering import arrive, device_of
from web.plain import plain_page
from web.redirects import own_path
from web.rendering import Answer

_PATH = "/sign-in/sso"
_CALLBACK = f"{_PATH}/callback"


class ProviderForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    email: str = ""
    next: str = ""
    again: str = ""
    """Whether the provider should ask for a fresh proof."""


def callback_url(request: PageRequest) -> str:
    """Give the address that providers send people back to."""
    return runtime_of(request).settings.public_url + _CALLBACK


@get(_PATH)
async def show_provider_sign_in(
    request: PageRequest,
    next: FromQuery[str] = "",  # noqa: A002  the address's own word
) -> Answer:
    """Ask for an address: its domain says whose provider it is."""
    return _form(request, ProviderForm(next=next))


@post(_PATH, guards=[limit_by_address("sign-in-sso", per_minute=20, burst=20)])  # each makes us ask another host
async def leave_for_provider(request: PageRequest, data: URLEncodedBody[ProviderForm]) -> Answer:
    """Send the person to their organisation's provider."""
    try:
        wanted, again = own_path(data.next), bool(data.again)
        way = await provider_sign_in.leave(runtime_of(request), data.email, callback_url(request), wanted, again=again)
        if way is None:
            raise Invalid(errors=(FieldError("email", "No organisation with this address's domain signs in here."),))
    except Refused as refused:
        return _form(request, data, refused)
    return _on_the_way(request, way)


@get(_CALLBACK)
async def come_back_from_provider(request: PageRequest) -> Answer | Redirect:
    """Begin the session of whoever the provider vouches for."""
    brought = request.query_params
    came = Return(
        state=brought.get("state", ""),
        code=brought.get("code", ""),
        issuer=brought.get("iss", ""),
        error=brought.get("error", ""),
        handle=cookies.read(request, cookies.PROVIDER),
    )
    before = cookies.read(request, cookies.SESSION)
    try:
        begun, wanted = await provider_sign_in.come_back(
            runtime_of(request), came, callback_url(request), device_of(request), before
        )
    except Refused as refused:
        return _form(request, ProviderForm(), refused)
    answer = arrive(request, begun, wanted)
    answer.cookies.append(cookies.ended(request, cookies.PROVIDER))
    return answer


def _on_the_way(request: PageRequest, way: WayThere) -> Answer:
    """Show a page that goes on by itself: our policy lets no form end up on another site."""
    answer = plain_page(request, "pages/provider_departure.html", {"address": way.address, "host": way.host})
    answer.headers["refresh"] = f"0; url={way.address}"
    answer.cookies.append(cookies.cookie(request, cookies.PROVIDER, way.handle))
    return answer


def _form(request: PageRequest, form: ProviderForm, refused: Refused | None = None) -> Answer:
    context = {"form": form, "next": own_path(form.next)}
    return plain_page(request, "pages/provider_sign_in.html", context, refused=refused)


HANDLERS = (show_provider_sign_in, leave_for_provider, come_back_from_provider)
