"""Who else may act for the account: its providers, and as what."""

from typing import get_args

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.schemas import Role
from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, FleetpostError, Invalid, Refused
from control_plane.core.ids import MalformedId, decode
from control_plane.tenants import service
from control_plane.tenants.errors import GrantExists
from control_plane.tenants.schemas import AccessGrant, Provider
from web import inject as page
from web.frame import Frame
from web.i18n import gettext as _
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.roles import ROLES, RoleWords, givable
from web.visitor import Visitor, may

_PATH = "/settings/access"
_SECTION = "access"
_USUAL: Role = "support"


class GrantForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen."""

    tenant_id: str = ""
    role: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A provider with what it may do."""

    provider: Provider
    grant: AccessGrant | None
    chosen: RoleWords


@get(_PATH, guards=[may("account:read")])
async def show_access(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show every provider, the nearest first."""
    return await _overview(frame, visitor, db)


@post(_PATH, guards=[may("account:write"), recently_signed_in])
async def give_access(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, data: URLEncodedBody[GrantForm]
) -> Answer | Redirect:
    """Let a provider in, or change what it may do."""
    try:
        await _give(db, visitor, data)
    except Refused as refused:
        return await _overview(frame, visitor, db, refused)
    return Redirect(f"{_PATH}?done=access-given", status_code=303)


@post(f"{_PATH}/end", guards=[may("account:write"), recently_signed_in])
async def end_access(db: inject.Database, data: URLEncodedBody[GrantForm]) -> Redirect:
    """End a provider's access at once."""
    await service.end_grant(db, decode(service.PREFIX, data.tenant_id), None)
    return Redirect(f"{_PATH}?done=access-ended", status_code=303)


async def _give(db: Database, visitor: Visitor, form: GrantForm) -> None:
    role = next((known for known in get_args(Role) if known == form.role), None)
    if role is None:
        raise Invalid(errors=(FieldError("role", "Choose what they may do."),))
    try:
        provider_id = decode(service.PREFIX, form.tenant_id)
    except MalformedId as error:
        raise Invalid(errors=(FieldError("tenant_id", "Choose one of your providers."),)) from error
    try:
        await service.give_grant(db, visitor.subject, provider_id, role)
    except GrantExists:
        await service.change_grant(db, visitor.subject, provider_id, role, None)


async def _overview(frame: Frame, visitor: Visitor, db: Database, refused: FleetpostError | None = None) -> Answer:
    grants = {grant.tenant_id: grant for grant in (await service.list_grants(db)).data}
    lines = [_line(provider, grants.get(provider.id)) for provider in await service.providers(db)]
    context = {
        "lines": lines,
        "roles": givable(visitor.subject),
        "may_change": visitor.subject.allows("account:write"),
        "acts_for": visitor.acting_from_name is not None,
        "problem": _words(refused) if refused else "",
    }
    return frame.page(f"pages/settings_{_SECTION}.html", _SECTION, context, status_code=_status(refused))


def _line(provider: Provider, grant: AccessGrant | None) -> Line:
    role = _USUAL if grant is None else grant.role
    return Line(provider=provider, grant=grant, chosen=next(each for each in ROLES if each.role == role))


def _words(refused: FleetpostError) -> str:
    return " ".join(_(error.message) for error in refused.errors) or _(refused.detail)


def _status(refused: FleetpostError | None) -> int:
    return refused.status.value if refused else 200


HANDLERS = (show_access, give_access, end_access)
