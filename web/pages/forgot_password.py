"""Asking for a link to a new password."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody

from control_plane.accounts import service as accounts
from control_plane.core.errors import Refused, Unavailable
from web import i18n
from web.cookies import PageRequest, runtime_of
from web.entering import device_of, known_as
from web.plain import plain_page
from web.rendering import Answer
from web.system_mail import require_mail

_TEMPLATE = "pages/forgot_password.html"


class ForgotForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    email: str = ""


@get("/forgot-password")
async def show_forgot_password(request: PageRequest) -> Answer:
    """Show the form."""
    return plain_page(request, _TEMPLATE, {"form": ForgotForm()})


@post("/forgot-password")
async def mail_reset_link(request: PageRequest, data: URLEncodedBody[ForgotForm]) -> Answer:
    """Mail a link to a new password; the answer is the same whoever asks for whom."""
    runtime, device, known = runtime_of(request), device_of(request), known_as(request, data.email)
    try:
        await require_mail(runtime)
        await accounts.mail_reset(
            runtime.db, runtime.valkey, runtime.clock, data.email, device.address, i18n.language().code, known
        )
    except (Refused, Unavailable) as refused:
        return plain_page(request, _TEMPLATE, {"form": data}, refused=refused)
    return plain_page(request, "pages/link_sent.html", {"email": data.email.strip(), "purpose": "reset_password"})


HANDLERS = (show_forgot_password, mail_reset_link)
