"""Asking for an account of one's own; the mailed link leads on."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody

from control_plane.accounts.service import sign_up
from control_plane.core.errors import Refused, Unavailable
from web import i18n
from web.cookies import PageRequest, runtime_of
from web.entering import device_of
from web.plain import plain_page
from web.rendering import Answer
from web.system_mail import require_mail

_TEMPLATE = "pages/sign_up.html"


class SignUpForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    email: str = ""


@get("/sign-up")
async def show_sign_up(request: PageRequest) -> Answer:
    """Show the form, or say that accounts are made by invitation here."""
    return _form(request, SignUpForm())


@post("/sign-up")
async def ask_for_account(request: PageRequest, data: URLEncodedBody[SignUpForm]) -> Answer:
    """Mail a link to begin with; the answer is the same whether or not the address is known."""
    runtime, device = runtime_of(request), device_of(request)
    try:
        await require_mail(runtime)
        await sign_up.ask(
            runtime.db,
            runtime.valkey,
            runtime.clock,
            runtime.settings,
            data.email,
            device.address,
            i18n.language().code,
        )
    except (Refused, Unavailable) as refused:
        return _form(request, data, refused)
    return plain_page(request, "pages/link_sent.html", {"email": data.email.strip(), "purpose": "sign_up"})


def _form(request: PageRequest, form: SignUpForm, refused: Refused | Unavailable | None = None) -> Answer:
    is_open = runtime_of(request).settings.sign_up == "open"
    return plain_page(request, _TEMPLATE, {"form": form, "is_open": is_open}, refused=refused)


HANDLERS = (show_sign_up, ask_for_account)
