"""The visitor's own profile: name, language, password, and the accounts they belong to."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import passwords
from control_plane.accounts import service as accounts
from control_plane.accounts.service import own_security
from control_plane.core import ids
from control_plane.core.errors import FleetpostError, NotFound, Refused, Unavailable
from control_plane.core.languages import LANGUAGES
from control_plane.core.tenancy import acting_for
from web import cookies
from web import inject as page
from web.cookies import PageRequest, runtime_of
from web.forms import faults
from web.frame import Frame
from web.language import known
from web.reauthentication import NotYourOrganisations, is_fresh
from web.refusals import IdentityUnconfirmed
from web.rendering import Answer
from web.roles import LABELS
from web.visitor import Visitor

_SECTION = "account"


class ProfileForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed; no language: what the browser asks for."""

    name: str = ""
    language: str = ""


class PasswordForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    old_password: str = ""
    password: str = ""


class LeaveForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which account is to be left."""

    tenant_id: str = ""


@get("/account")
async def show_account(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show the profile."""
    form = ProfileForm(name=visitor.name, language=visitor.locale or "")
    return await _profile(request, frame, visitor, form)


@post("/account")
async def save_account(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[ProfileForm]
) -> Answer | Redirect:
    """Save name and language."""
    chosen = known(data.language) if data.language else None
    try:
        await accounts.change_profile(
            runtime_of(request).db, visitor.person, data.name, chosen.code if chosen else None
        )
    except Refused as refused:
        return await _profile(request, frame, visitor, data, refused)
    return Redirect("/account?done=saved", status_code=303)


@post("/account/leave")
async def leave_account(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[LeaveForm]
) -> Answer | Redirect:
    """Leave one of the accounts that the visitor belongs to."""
    try:
        await _require_reachable(request, visitor, data.tenant_id)
        with acting_for(ids.decode("ten", data.tenant_id)):
            await accounts.leave(runtime_of(request).db, visitor.user_id)
    except Refused as refused:
        form = ProfileForm(name=visitor.name, language=visitor.locale or "")
        return await _profile(request, frame, visitor, form, refused)
    return Redirect("/account?done=deleted", status_code=303)


async def _require_reachable(request: PageRequest, visitor: Visitor, tenant_id: str) -> None:
    """Raise `NotFound` for an account that the session does not reach: a provider vouches for its own only."""
    places = await accounts.places(runtime_of(request).db, visitor.user_id, visitor.session)
    if tenant_id not in {place.public_id for place in places if place.through is None}:
        raise NotFound


@get("/account/password")
async def show_password(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show the form; who proved just now who they are is not asked for the old password."""
    return await _password(request, frame, visitor)


@post("/account/password")
async def change_password(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[PasswordForm]
) -> Answer | Redirect:
    """Choose another password; all other sessions end."""
    if visitor.by_provider:
        raise NotYourOrganisations
    runtime = runtime_of(request)
    try:
        await accounts.change_password(
            runtime.db,
            runtime.valkey,
            runtime.clock,
            visitor.person,
            data.password,
            old=data.old_password,
            is_fresh=is_fresh(visitor, runtime.clock.now()),
            token=cookies.read(request, cookies.SESSION),
        )
    except (Refused, Unavailable) as refused:
        return await _password(request, frame, visitor, refused)
    return Redirect("/account/security?done=saved", status_code=303)


async def _profile(
    request: PageRequest, frame: Frame, visitor: Visitor, form: ProfileForm, refused: FleetpostError | None = None
) -> Answer:
    errors, problem = faults(refused, {"name": "name"}) if refused else ({}, "")
    places = await accounts.places(runtime_of(request).db, visitor.user_id, visitor.session)
    context = {
        "form": form,
        "errors": errors,
        "problem": problem,
        "languages": LANGUAGES,
        "email": visitor.email,
        "places": [place for place in places if place.through is None],
        "labels": LABELS,
    }
    return frame.page("pages/account.html", _SECTION, context, status_code=refused.status.value if refused else 200)


async def _password(
    request: PageRequest, frame: Frame, visitor: Visitor, refused: FleetpostError | None = None
) -> Answer:
    if visitor.by_provider:
        raise NotYourOrganisations
    runtime = runtime_of(request)
    owned = await own_security.own_factors(runtime.db, visitor.user_id)
    fresh = is_fresh(visitor, runtime.clock.now())
    if not fresh and not owned.has_password:
        raise IdentityUnconfirmed
    fields = {"old_password": "old_password", "password": "password"}
    errors, problem = faults(refused, fields) if refused else ({}, "")
    context = {
        "form": PasswordForm(),
        "errors": errors,
        "problem": problem,
        "ask_old": not fresh,
        "has_password": owned.has_password,
        "email": visitor.email,
        "length_min": passwords.LENGTH_MIN,
    }
    return frame.page("pages/password.html", "security", context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_account, save_account, leave_account, show_password, change_password)
