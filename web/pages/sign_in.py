"""Signing in and out."""

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import service as accounts
from control_plane.accounts import sessions
from control_plane.core import inject
from control_plane.core.errors import Refused
from control_plane.core.problem import headers_of
from web import cookies, csrf
from web.cookies import PageRequest
from web.entering import arrive, device_of
from web.redirects import own_path
from web.rendering import Answer, shared_renderer
from web.visitor import find_visitor

_REFUSED = "This email and password do not belong together. Check both and try again."


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
    return _form(request, SignInForm(next=next), "")


@post("/sign-in")
async def sign_in(
    request: PageRequest, db: inject.Database, valkey: inject.Valkey, data: URLEncodedBody[SignInForm]
) -> Answer | Redirect:
    """Begin a session and go where the person was going, or show the form again; it keeps the email."""
    try:
        signed_in = await accounts.sign_in(db, valkey, data.email, data.password, device_of(request))
    except Refused as refused:
        answer = _form(request, data, refused.detail, status_code=refused.status.value)
        answer.headers.update(headers_of(refused))
        return answer
    if signed_in is None:
        return _form(request, data, _REFUSED, status_code=422)
    await sessions.end(valkey, cookies.read(request, cookies.SESSION))  # whoever sat here before
    return arrive(request, signed_in, data.next)


@post("/sign-out")
async def sign_out(request: PageRequest, valkey: inject.Valkey) -> Redirect:
    """End the session."""
    await sessions.end(valkey, cookies.read(request, cookies.SESSION))
    return Redirect("/sign-in", status_code=303, cookies=[cookies.ended(request, cookies.SESSION)])


def _form(request: PageRequest, form: SignInForm, problem: str, *, status_code: int = 200) -> Answer:
    context = {
        "theme": cookies.theme(request),
        "csrf_token": csrf.token_of(request),
        "form": form,
        "next": own_path(form.next),
        "errors": {},
        "problem": problem,
    }
    return shared_renderer().answer("pages/sign_in.html", context, status_code=status_code)


HANDLERS = (show_sign_in, sign_in, sign_out)
