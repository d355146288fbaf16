"""What protects the visitor's own account: app, passkeys, recovery codes, sessions."""

from urllib.parse import quote

import msgspec
import segno
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.schemas import OwnSession
from control_plane.accounts.service import own_security, passkeys, recovery, totp
from control_plane.accounts.service.totp import Proposal, TotpExists
from control_plane.core import ids
from control_plane.core.errors import NotFound, Refused
from web import cookies
from web import inject as page
from web.cookies import PageRequest, runtime_of
from web.devices import in_words
from web.forms import faults
from web.frame import Frame
from web.passkey_asking import PasskeyForm, answered, asking, site_of
from web.reauthentication import own_account
from web.rendering import Answer
from web.visitor import Visitor

_PATH = "/account/security"
_SECTION = "security"
_DONE = f"{_PATH}?done="


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    code: str = ""


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session as the list shows it."""

    listed: OwnSession
    device: str


@get(_PATH)
async def show_security(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show everything at a glance."""
    return await _overview(request, frame, visitor)


@get(f"{_PATH}/app", guards=[own_account])
async def show_app(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer | Redirect:
    """Show a new secret for an authenticator app."""
    runtime = runtime_of(request)
    try:
        proposal = await totp.propose(runtime.db, runtime.vault, visitor.person)
    except TotpExists:
        return Redirect(_PATH, status_code=303)
    return _app_form(frame, proposal, "", 200)


@post(f"{_PATH}/app", guards=[own_account])
async def confirm_app(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[CodeForm]
) -> Answer | Redirect:
    """Let the app count, or show the same secret again."""
    runtime, person = runtime_of(request), visitor.person
    try:
        codes = await totp.confirm(runtime.db, runtime.valkey, runtime.vault, runtime.clock, person, data.code)
    except TotpExists:
        return Redirect(_PATH, status_code=303)
    except Refused as refused:
        proposal = await totp.proposed(runtime.db, runtime.vault, person)
        return _app_form(frame, proposal, refused.detail, refused.status.value)
    return _codes(frame, codes) if codes else Redirect(_DONE + "factor-added", status_code=303)


@post(f"{_PATH}/app/remove", guards=[own_account])
async def remove_app(request: PageRequest, visitor: page.Visitor) -> Redirect:
    """Take the app away."""
    runtime = runtime_of(request)
    await totp.remove(runtime.db, runtime.valkey, visitor.user_id, _token(request))
    return Redirect(_DONE + "factor-removed", status_code=303)


@post(f"{_PATH}/passkeys/ask", guards=[own_account])
async def ask_new_passkey(request: PageRequest, visitor: page.Visitor) -> Response[str]:
    """Say what a new passkey has to sign."""
    runtime = runtime_of(request)
    return asking(request, await passkeys.ask_to_register(runtime.db, runtime.valkey, site_of(request), visitor.person))


@post(f"{_PATH}/passkeys", guards=[own_account])
async def add_passkey(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[PasskeyForm]
) -> Answer | Redirect:
    """Keep a new passkey."""
    runtime, person = runtime_of(request), visitor.person
    try:
        codes = await passkeys.register(
            runtime.db, runtime.valkey, site_of(request), person, data.name, answered(request, data)
        )
    except Refused as refused:
        return await _overview(request, frame, visitor, refused, data.name)
    return _codes(frame, codes) if codes else Redirect(_DONE + "factor-added", status_code=303)


@post(f"{_PATH}/passkeys/{{passkey_id:str}}/remove", guards=[own_account])
async def remove_passkey(request: PageRequest, visitor: page.Visitor, passkey_id: FromPath[str]) -> Redirect:
    """Take a passkey away; raises `NotFound`."""
    runtime = runtime_of(request)
    try:
        found = ids.decode(own_security.PASSKEY, passkey_id)
    except ids.MalformedId as error:
        raise NotFound from error
    await passkeys.remove(runtime.db, runtime.valkey, visitor.user_id, found, _token(request))
    return Redirect(_DONE + "factor-removed", status_code=303)


@post(f"{_PATH}/recovery-codes", guards=[own_account])
async def renew_codes(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Make new recovery codes and show them this once."""
    return _codes(frame, await recovery.renew_recovery_codes(runtime_of(request).db, visitor.user_id))


@post(f"{_PATH}/sessions/{{session_id:str}}/end")
async def end_session(request: PageRequest, visitor: page.Visitor, session_id: FromPath[str]) -> Redirect:
    """End one of the visitor's sessions."""
    runtime = runtime_of(request)
    token = _token(request)
    await own_security.end_session(runtime.db, runtime.valkey, runtime.clock, visitor.session, token, session_id)
    return Redirect(_DONE + "session-ended", status_code=303)


@post(f"{_PATH}/sessions/end-others")
async def end_other_sessions(request: PageRequest, visitor: page.Visitor) -> Redirect:
    """End all of the visitor's sessions but this one."""
    runtime = runtime_of(request)
    token = _token(request)
    await own_security.end_other_sessions(runtime.db, runtime.valkey, runtime.clock, visitor.session, token)
    return Redirect(_DONE + "sessions-ended", status_code=303)


async def _overview(
    request: PageRequest, frame: Frame, visitor: Visitor, refused: Refused | None = None, name: str = ""
) -> Answer:
    runtime = runtime_of(request)
    listed = await own_security.own_sessions(runtime.valkey, runtime.clock, visitor.session, _token(request))
    errors, problem = faults(refused, {"name": "name"}) if refused is not None else ({}, "")
    context = {
        "owned": await own_security.own_factors(runtime.db, visitor.user_id),
        "by_provider": visitor.by_provider,
        "sessions": [SessionLine(listed=each, device=in_words(each.session.device.user_agent)) for each in listed],
        "form": {"name": name},
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused is not None else 200
    return frame.page("pages/account_security.html", _SECTION, context, status_code=status)


def _app_form(frame: Frame, proposal: Proposal, problem: str, status: int) -> Answer:
    picture = segno.make(proposal.uri, error="m").svg_data_uri(scale=5, light="#fff", border=3)
    context = {"picture": picture, "secret": proposal.secret, "problem": problem}
    return frame.page("pages/account_app.html", _SECTION, context, status_code=status)


def _codes(frame: Frame, codes: list[str]) -> Answer:
    text = "\n".join(codes)
    context = {"codes": codes, "text": text, "file": f"data:text/plain;charset=utf-8,{quote(text + chr(10))}"}
    return frame.page("pages/recovery_codes.html", _SECTION, context)


def _token(request: PageRequest) -> str:
    return cookies.read(request, cookies.SESSION)


HANDLERS = (
    show_security,
    show_app,
    confirm_app,
    remove_app,
    ask_new_passkey,
    add_passkey,
    remove_passkey,
    renew_codes,
    end_session,
    end_other_sessions,
)
