"""Take everything along, end it all, and think better of it."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, FleetpostError, Invalid, Refused
from control_plane.settings import Settings
from control_plane.tenants import service
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext as _
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.visitor import Visitor, may

_PATH = "/settings/closing"
_SECTION = "closing"
_EVERYTHING = "*"
"""What an owner has. Asked for instead of `account:write`, because a suspended account may be left too."""


class ClosingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""


@get(_PATH, guards=[may("account:read")])
async def show_closing(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, settings: inject.Settings
) -> Answer:
    """Show how to leave, or when the account ends."""
    return await _overview(frame, visitor, db, settings, ClosingForm())


@get(f"{_PATH}/export", guards=[may(_EVERYTHING), recently_signed_in])
async def export_account(db: inject.Database, clock: inject.Clock, blobs: inject.Blobs) -> Stream:
    """Give everything that the account owns as a file."""
    headers = {"Content-Disposition": 'attachment; filename="fleetpost-export.ndjson"', "Cache-Control": "no-store"}
    return Stream(await service.export(db, clock, blobs), media_type="application/x-ndjson", headers=headers)


@post(_PATH, guards=[may(_EVERYTHING), recently_signed_in])
async def close_account(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    settings: inject.Settings,
    data: URLEncodedBody[ClosingForm],
) -> Answer | Redirect:
    """Close the account whose name was typed."""
    try:
        if data.name.strip() != visitor.tenant_name.strip():
            raise Invalid(errors=(FieldError("name", _("Type the account’s name exactly as it stands above.")),))
        await service.close_own(db, clock, settings.closing_days)
    except Refused as refused:
        return await _overview(frame, visitor, db, settings, data, refused)
    return Redirect(_PATH, status_code=303)


@post(f"{_PATH}/reopen", guards=[may(_EVERYTHING), recently_signed_in])
async def reopen_account(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, settings: inject.Settings
) -> Answer | Redirect:
    """Let everything go on."""
    try:
        await service.reopen_own(db, clock)
    except Refused as refused:
        return await _overview(frame, visitor, db, settings, ClosingForm(), refused)
    return Redirect(f"{_PATH}?done=reopened", status_code=303)


async def _overview(
    frame: Frame,
    visitor: Visitor,
    db: Database,
    settings: Settings,
    form: ClosingForm,
    refused: FleetpostError | None = None,
) -> Answer:
    errors, problem = faults(refused, {"name": "name"}) if refused else ({}, "")
    context = {
        "standing": await service.standing(db),
        "days": settings.closing_days,
        "may_end_it": visitor.subject.allows(_EVERYTHING),
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/settings_closing.html", _SECTION, context, status_code=status)


HANDLERS = (show_closing, export_account, close_account, reopen_account)
