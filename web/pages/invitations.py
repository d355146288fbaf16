"""Where an invitation's link leads: who invites, to what, and the button that joins."""

import contextlib

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import passwords
from control_plane.accounts import service as accounts
from control_plane.accounts.errors import LinkSpent
from control_plane.accounts.people import Newcomer, OpenInvitation
from control_plane.accounts.service.join import Joined
from control_plane.core.errors import NotFound, Refused, Unavailable
from web import cookies
from web.cookies import PageRequest, runtime_of
from web.entering import arrive, device_of
from web.plain import plain_page
from web.redirects import HOME
from web.rendering import Answer
from web.roles import LABELS
from web.visitor import Visitor, find_visitor

_TEMPLATE, _SPENT = "pages/invitation.html", "pages/link_spent.html"


class JoinForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed, by who is new."""

    name: str = ""
    password: str = ""


@get("/invitations/{token:str}")
async def show_invitation(request: PageRequest, token: FromPath[str]) -> Answer:
    """Show the invitation; nothing happens before the button."""
    try:
        shown = await accounts.open_invitation(runtime_of(request).db, runtime_of(request).clock, token)
    except LinkSpent as spent:
        return plain_page(request, _SPENT, {}, refused=spent)
    return await _page(request, token, shown, JoinForm())


@post("/invitations/{token:str}")
async def join(request: PageRequest, token: FromPath[str], data: URLEncodedBody[JoinForm]) -> Answer | Redirect:
    """Join, and look at the new account; or show the form again."""
    runtime = runtime_of(request)
    try:
        shown = await accounts.open_invitation(runtime.db, runtime.clock, token)
    except LinkSpent as spent:
        return plain_page(request, _SPENT, {}, refused=spent)
    try:
        newcomer = Newcomer(name=data.name, password=data.password)
        joined = await accounts.join(runtime.db, runtime.clock, token, newcomer, device_of(request).address)
    except LinkSpent as spent:
        return plain_page(request, _SPENT, {}, refused=spent)
    except (Refused, Unavailable) as refused:
        return await _page(request, token, shown, data, refused)
    return await _enter(request, joined, await find_visitor(request))


async def _enter(request: PageRequest, joined: Joined, visitor: Visitor | None) -> Answer | Redirect:
    """Go to the new account: in the present session if it is theirs, else in a new one by the link's proof."""
    runtime, token = runtime_of(request), cookies.read(request, cookies.SESSION)
    if visitor is not None and visitor.user_id == joined.person.id and not visitor.by_provider:
        await accounts.switch(runtime.db, runtime.valkey, token, joined.tenant_id)
        return Redirect(HOME, status_code=303)
    device = device_of(request)
    begun = await accounts.begin(
        runtime.db, runtime.valkey, joined.person, "link", device, before=token, clock=runtime.clock
    )
    if begun is None:
        return plain_page(request, "pages/no_place.html", {})
    if not begun.pending:
        with contextlib.suppress(NotFound):  # an account that wants its people to come by its provider
            await accounts.switch(runtime.db, runtime.valkey, begun.token, joined.tenant_id)
    return arrive(request, begun, HOME, joined.person.email)


async def _page(
    request: PageRequest,
    token: str,
    shown: OpenInvitation,
    form: JoinForm,
    refused: Refused | Unavailable | None = None,
) -> Answer:
    visitor = await find_visitor(request)
    context = {
        "token": token,
        "invitation": shown,
        "role": LABELS[shown.role],
        "form": form,
        "length_min": passwords.LENGTH_MIN,
        "other": visitor.email if visitor is not None and visitor.email != shown.email else "",
    }
    return plain_page(request, _TEMPLATE, context, refused=refused)


HANDLERS = (show_invitation, join)
