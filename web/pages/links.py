"""Where mailed links lead. Opening one changes nothing, since mail scanners open them too; its button does."""

from typing import Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import passwords
from control_plane.accounts import service as accounts
from control_plane.accounts.errors import LinkSpent
from control_plane.accounts.people import Newcomer
from control_plane.accounts.schemas import Person
from control_plane.accounts.service import sign_up
from control_plane.accounts.service.links import Link
from control_plane.core.errors import Refused, Unavailable
from control_plane.core.runtime import Runtime
from web import cookies
from web.cookies import PageRequest, runtime_of
from web.entering import arrive, device_of
from web.plain import plain_page
from web.redirects import HOME
from web.rendering import Answer


class LinkForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed; which of it counts depends on what the link is for."""

    account: str = ""
    kind: Literal["client", "agency"] = "client"
    name: str = ""
    password: str = ""


@get("/links/{token:str}")
async def show_link(request: PageRequest, token: FromPath[str]) -> Answer:
    """Show who the link is for, and the button."""
    try:
        link = await accounts.open_link(runtime_of(request).db, runtime_of(request).clock, token)
    except LinkSpent as spent:
        return plain_page(request, "pages/link_spent.html", {}, refused=spent)
    return _page(request, token, link, LinkForm())


@post("/links/{token:str}")
async def use_link(request: PageRequest, token: FromPath[str], data: URLEncodedBody[LinkForm]) -> Answer | Redirect:
    """Use the link up and sign its holder in, or show the form again."""
    runtime, device = runtime_of(request), device_of(request)
    try:
        link = await accounts.open_link(runtime.db, runtime.clock, token)
    except LinkSpent as spent:
        return plain_page(request, "pages/link_spent.html", {}, refused=spent)
    try:
        person = await _use(runtime, link, token, data, device.address)
        begun = await accounts.begin(
            runtime.db,
            runtime.valkey,
            person,
            "link",
            device,
            before=cookies.read(request, cookies.SESSION),
            clock=runtime.clock,
        )
    except LinkSpent as spent:
        return plain_page(request, "pages/link_spent.html", {}, refused=spent)
    except (Refused, Unavailable) as refused:
        return _page(request, token, link, data, refused)
    return (
        plain_page(request, "pages/no_place.html", {}) if begun is None else arrive(request, begun, HOME, person.email)
    )


async def _use(runtime: Runtime, link: Link, token: str, form: LinkForm, address: str) -> Person:
    db, clock = runtime.db, runtime.clock
    if link.purpose == "sign_in":
        return await accounts.sign_in_by_link(db, clock, token)
    if link.purpose == "reset_password":
        return await accounts.reset_password(db, runtime.valkey, clock, token, form.password, address)
    person = Newcomer(name=form.name, password=form.password)
    new = sign_up.NewAccount(account=form.account, kind=form.kind, person=person)
    return await sign_up.complete(db, clock, runtime.settings, token, new, address)


def _page(
    request: PageRequest, token: str, link: Link, form: LinkForm, refused: Refused | Unavailable | None = None
) -> Answer:
    context = {"token": token, "email": link.email, "form": form, "length_min": passwords.LENGTH_MIN}
    return plain_page(request, f"pages/link_{link.purpose}.html", context, refused=refused)


HANDLERS = (show_link, use_link)
