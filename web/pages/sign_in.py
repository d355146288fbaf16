"""Signing in and out."""

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import service as accounts
from control_plane.accounts import sessions
from control_plane.core import inject
from control_plane.core.errors import FleetpostError, Invalid, Refused, Unavailable
from control_plane.core.languages import mark
from web import cookies, i18n
from web.cookies import PageRequest, runtime_of
from web.entering import arrive, device_of, known_as
from web.plain import plain_page
from web.redirects import own_path
from web.rendering import Answer
from web.system_mail import require_mail
from web.visitor import find_visitor

_NOT_TOGETHER = mark("This email and password do not belong together. Check both and try again.")


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    email: str = ""
    password: str = ""
    next: str = ""


@get("/sign-in")
async def show_sign_in(request: PageRequest, next: FromQuery[str] = "") -> Answer | Redirect:  # noqa: A002  the address's own word
    """Show the form; who is signed in already goes on."""
    if await find_visitor(request) is not None:
        return Redirect(own_path(next), status_code=303)
    return _form(request, SignInForm(next=next))


@post("/sign-in")
async def sign_in(request: PageRequest, data: URLEncodedBody[SignInForm]) -> Answer | Redirect:
    """Begin a session and go where the person was going, or show the form again; it keeps the email."""
    runtime = runtime_of(request)
    try:
        begun = await accounts.sign_in(
            runtime.db,
            runtime.valkey,
            data.email,
            data.password,
            device_of(request),
            known_as=known_as(request, data.email),
            before=cookies.read(request, cookies.SESSION),  # whoever sat here before
            clock=runtime.clock,
        )
    except (Refused, Unavailable) as refused:
        return _form(request, data, refused)
    if begun is None:
        return _form(request, data, Invalid(_NOT_TOGETHER))
    return arrive(request, begun, data.next, data.email)


@get("/sign-in/link")
async def back_to_sign_in() -> Redirect:
    """Lead who comes back to the form."""
    return Redirect("/sign-in", status_code=303)


@post("/sign-in/link")
async def mail_link(request: PageRequest, data: URLEncodedBody[SignInForm]) -> Answer:
    """Mail a link that signs in; the answer is the same whoever asks for whom."""
    runtime, device, known = runtime_of(request), device_of(request), known_as(request, data.email)
    try:
        await require_mail(runtime)
        await accounts.mail_sign_in(
            runtime.db, runtime.valkey, runtime.clock, data.email, device.address, i18n.language().code, known
        )
    except (Refused, Unavailable) as refused:
        return _form(request, data, refused)
    return plain_page(request, "pages/link_sent.html", {"email": data.email.strip(), "purpose": "sign_in"})


@post("/sign-out")
async def sign_out(request: PageRequest, valkey: inject.Valkey) -> Redirect:
    """End the session."""
    await sessions.end(valkey, cookies.read(request, cookies.SESSION))
    return Redirect("/sign-in", status_code=303, cookies=[cookies.ended(request, cookies.SESSION)])


def _form(request: PageRequest, form: SignInForm, refused: FleetpostError | None = None) -> Answer:
    is_open = runtime_of(request).settings.sign_up == "open"
    context = {"form": form, "next": own_path(form.next), "sign_up_open": is_open}
    return plain_page(request, "pages/sign_in.html", context, refused=refused)


HANDLERS = (show_sign_in, sign_in, back_to_sign_in, mail_link, sign_out)
