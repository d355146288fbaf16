"""Confirm that it is still you, before an act that would hurt in wrong hands."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.service import confirm, own_security, passkeys
from control_plane.core.errors import Forbidden, Refused
from web import cookies
from web import inject as page
from web.cookies import PageRequest, runtime_of
from web.i18n import gettext as _
from web.passkey_asking import PasskeyForm, answered, asking, site_of
from web.plain import plain_page
from web.reauthentication import is_fresh
from web.redirects import own_path
from web.rendering import Answer
from web.visitor import Visitor

_PATH = "/confirm-identity"


class ProofForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed: a password, or a code."""

    password: str = ""
    code: str = ""
    next: str = ""


@get(_PATH)
async def show_confirm_identity(
    request: PageRequest,
    visitor: page.Visitor,
    next: FromQuery[str] = "",  # noqa: A002  the address's own word
) -> Answer | Redirect:
    """Ask for a proof; who gave one lately goes on."""
    if is_fresh(visitor, runtime_of(request).clock.now()):
        return Redirect(own_path(next), status_code=303)
    return await _page(request, visitor, next)


@post(_PATH)
async def confirm_identity(
    request: PageRequest, visitor: page.Visitor, data: URLEncodedBody[ProofForm]
) -> Answer | Redirect:
    """Go on with the right password or code, or ask again."""
    runtime, person = runtime_of(request), visitor.person
    try:
        _refuse_provider(visitor)
        if data.code:
            await confirm.by_code(runtime.db, runtime.valkey, runtime.vault, runtime.clock, person.id, data.code)
        else:
            await confirm.by_password(runtime.db, runtime.valkey, person, data.password)
    except Refused as refused:
        return await _page(request, visitor, data.next, refused)
    return await _go_on(request, visitor, data.next)


@post(f"{_PATH}/passkey/ask")
async def ask_confirming_passkey(request: PageRequest, visitor: page.Visitor) -> Response[str]:
    """Say what a passkey of the visitor has to sign."""
    runtime = runtime_of(request)
    asked = await passkeys.ask_person(runtime.db, runtime.valkey, site_of(request), visitor.user_id, "confirm")
    return asking(request, asked)


@post(f"{_PATH}/passkey")
async def confirm_with_passkey(
    request: PageRequest, visitor: page.Visitor, data: URLEncodedBody[PasskeyForm]
) -> Answer | Redirect:
    """Go on with the visitor's passkey, or ask again."""
    runtime, answer = runtime_of(request), answered(request, data)
    try:
        _refuse_provider(visitor)
        await confirm.by_passkey(runtime.db, runtime.valkey, runtime.clock, site_of(request), visitor.user_id, answer)
    except Refused as refused:
        return await _page(request, visitor, data.next, refused)
    return await _go_on(request, visitor, data.next)


async def _go_on(request: PageRequest, visitor: Visitor, wanted: str) -> Redirect:
    runtime, token = runtime_of(request), cookies.read(request, cookies.SESSION)
    fresh = await confirm.confirmed(runtime.valkey, runtime.clock, token, visitor.session)
    cookie = cookies.cookie(request, cookies.SESSION, fresh)
    return Redirect(own_path(wanted), status_code=303, cookies=[cookie])


async def _page(request: PageRequest, visitor: Visitor, wanted: str, refused: Refused | None = None) -> Answer:
    context = {
        "next": own_path(wanted),
        "email": visitor.email,
        "by_provider": visitor.by_provider,
        "owned": await own_security.own_factors(runtime_of(request).db, visitor.user_id),
    }
    return plain_page(request, "pages/confirm_identity.html", context, refused=refused)


def _refuse_provider(visitor: Visitor) -> None:
    if visitor.by_provider:
        raise Forbidden(_("Your organisation vouched for you: confirm there."))


HANDLERS = (show_confirm_identity, confirm_identity, ask_confirming_passkey, confirm_with_passkey)
