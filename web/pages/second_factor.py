"""The second step of signing in, and signing in by a passkey alone."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import service as accounts
from control_plane.accounts.factors.challenges import PasskeyRefused
from control_plane.accounts.service import own_security, passkeys, second
from control_plane.core import inject
from control_plane.core.errors import Refused, Unauthenticated
from control_plane.core.rate_limit import limit_by_address
from web import cookies
from web.cookies import PageRequest
from web.entering import SECOND_STEP, arrive, device_of
from web.i18n import gettext as _
from web.passkey_asking import PasskeyForm, answered, asking, site_of
from web.plain import plain_page
from web.redirects import own_path
from web.rendering import Answer


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    code: str = ""
    next: str = ""


@get(SECOND_STEP)
async def show_second_step(
    request: PageRequest,
    db: inject.Database,
    valkey: inject.Valkey,
    next: FromQuery[str] = "",  # noqa: A002  the address's own word
) -> Answer:
    """Ask for a code or a passkey; without a first step, lead to it."""
    return await _page(request, db, valkey, next)


@post(SECOND_STEP)
async def give_code(
    request: PageRequest,
    db: inject.Database,
    valkey: inject.Valkey,
    vault: inject.Vault,
    clock: inject.Clock,
    data: URLEncodedBody[CodeForm],
) -> Answer | Redirect:
    """Go on with the right code, or ask again."""
    try:
        done = await second.give_code(db, valkey, vault, clock, _token(request), data.code)
    except Unauthenticated:
        raise
    except Refused as refused:
        return await _page(request, db, valkey, data.next, refused)
    return arrive(request, done, data.next)


@post(f"{SECOND_STEP}/passkey/ask")
async def ask_second_passkey(request: PageRequest, db: inject.Database, valkey: inject.Valkey) -> Response[str]:
    """Say what a passkey of the person has to sign."""
    return asking(request, await second.ask_passkey(db, valkey, site_of(request), _token(request)))


@post(f"{SECOND_STEP}/passkey")
async def give_passkey(
    request: PageRequest,
    db: inject.Database,
    valkey: inject.Valkey,
    clock: inject.Clock,
    data: URLEncodedBody[PasskeyForm],
) -> Answer | Redirect:
    """Go on with the person's passkey, or ask again."""
    answer = answered(request, data)
    try:
        done = await second.give_passkey(db, valkey, clock, site_of(request), _token(request), answer)
    except Unauthenticated:
        raise
    except Refused as refused:
        return await _page(request, db, valkey, data.next, refused)
    return arrive(request, done, data.next)


@post("/sign-in/passkey/ask", guards=[limit_by_address("sign-in-passkey", per_minute=60, burst=30)])
async def ask_passkey(request: PageRequest, valkey: inject.Valkey) -> Response[str]:
    """Say what a passkey of anybody has to sign."""
    return asking(request, await passkeys.ask_anybody(valkey, site_of(request)))


@post("/sign-in/passkey")
async def sign_in_with_passkey(
    request: PageRequest,
    db: inject.Database,
    valkey: inject.Valkey,
    clock: inject.Clock,
    data: URLEncodedBody[PasskeyForm],
) -> Answer | Redirect:
    """Begin a session of whoever's passkey it is."""
    try:
        person = await passkeys.whose(db, valkey, clock, site_of(request), answered(request, data))
        before = cookies.read(request, cookies.SESSION)
        begun = await accounts.begin(db, valkey, person, "passkey", device_of(request), before=before, clock=clock)
    except Refused as refused:
        return _refused(request, data.next, refused)
    if begun is None:
        return _refused(request, data.next, PasskeyRefused(_("You have no account here any more.")))
    return arrive(request, begun, data.next)


async def _page(
    request: PageRequest, db: inject.Database, valkey: inject.Valkey, wanted: str, refused: Refused | None = None
) -> Answer:
    session = await second.pending(valkey, _token(request))
    owned = await own_security.own_factors(db, session.user_id)
    context = {"next": own_path(wanted), "owned": owned}
    return plain_page(request, "pages/second_factor.html", context, refused=refused)


def _refused(request: PageRequest, wanted: str, refused: Refused) -> Answer:
    return plain_page(request, "pages/passkey_refused.html", {"next": own_path(wanted)}, refused=refused)


def _token(request: PageRequest) -> str:
    return cookies.read(request, cookies.SESSION)


HANDLERS = (show_second_step, give_code, ask_second_passkey, give_passkey, ask_passkey, sign_in_with_passkey)
