"""For how long it is kept what messages said."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.messages import service
from control_plane.messages.act_schemas import CONTENT_DAYS_MAX, NewContentRetention
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext as _
from web.rendering import Answer
from web.visitor import Visitor, may

_PATH = "/settings/contents"
_SECTION = "contents"


class ContentsForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    content_days: str = ""


@get(_PATH, guards=[may("account:read")])
async def show_contents(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show for how long it is."""
    days = (await service.retention(db)).content_days
    return _page(frame, visitor, ContentsForm(content_days=str(days)))


@post(_PATH, guards=[may("account:write")])
async def change_contents(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, data: URLEncodedBody[ContentsForm]
) -> Answer | Redirect:
    """Keep them for another time."""
    try:
        await _change(db, data.content_days.strip())
    except Refused as refused:
        return _page(frame, visitor, data, refused)
    return Redirect(f"{_PATH}?done=saved", status_code=303)


async def _change(db: Database, days: str) -> None:
    if not (days.isascii() and days.isdigit() and len(days) < 5 and int(days) <= CONTENT_DAYS_MAX):
        message = _("Give a number of days from 0 to %(most)s.") % {"most": CONTENT_DAYS_MAX}
        raise Invalid(errors=(FieldError("content_days", message),))
    await service.set_retention(db, NewContentRetention(content_days=int(days)))


def _page(frame: Frame, visitor: Visitor, form: ContentsForm, refused: Refused | None = None) -> Answer:
    errors, problem = faults(refused, {"content_days": "content_days"}) if refused else ({}, "")
    context = {
        "form": form,
        "errors": errors,
        "problem": problem,
        "may_change": visitor.may("account:write"),
        "most": CONTENT_DAYS_MAX,
    }
    return frame.page("pages/settings_contents.html", _SECTION, context, status_code=422 if refused else 200)


HANDLERS = (show_contents, change_contents)
