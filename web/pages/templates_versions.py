"""A template's versions: which there are, how two differ, and back to an older one."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.languages import mark
from control_plane.core.threads import in_thread
from control_plane.templates import service
from control_plane.templates.schemas import Template
from web import inject as page
from web import text_diff
from web.i18n import gettext
from web.pages.templates import PATH, READ, SECTION, WRITE, uuid_of
from web.rendering import Answer

_PARTS = (
    ("subject", mark("Subject")),
    ("mjml", "MJML"),
    ("html", "HTML"),
    ("text", mark("Text")),
    ("sample_data", mark("Sample data")),
)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of two versions differs."""

    label: str
    lines: list[text_diff.Line] | None
    """None: too long to be compared."""


@get(f"{PATH}/{{template_id:str}}/versions", guards=READ)
async def show_versions(
    frame: page.Frame, db: inject.Database, template_id: FromPath[str], version: FromQuery[int | None] = None
) -> Answer:
    """Show the versions, and how one differs from the one before it."""
    uuid = uuid_of(template_id)
    template, listed = await service.get(db, uuid), (await service.list_versions(db, uuid)).data
    chosen = version or template.latest_version
    if chosen not in {each.version for each in listed}:
        raise NotFound
    before = max((each.version for each in listed if each.version < chosen), default=None)
    context = {
        "template": template,
        "versions": listed,
        "chosen": chosen,
        "before": before,
        "differences": [] if before is None else await _differences(db, template, before, chosen),
        "may_write": frame.may("templates:write"),
    }
    return frame.page("pages/template_versions.html", SECTION, context)


@post(f"{PATH}/{{template_id:str}}/restore", guards=WRITE)
async def restore_version(
    db: inject.Database, clock: inject.Clock, template_id: FromPath[str], version: FromQuery[int]
) -> Redirect:
    """Make a new version of an older one, and lead to the editor."""
    made = await service.restore(db, clock, uuid_of(template_id), version)
    return Redirect(f"{PATH}/{made.id}?done=saved", status_code=303)


async def _differences(db: Database, template: Template, before: int, after: int) -> list[Difference]:
    uuid = uuid_of(template.id)
    old, new = await service.get(db, uuid, before), await service.get(db, uuid, after)
    found = []
    for part, label in _PARTS:
        texts = _text(getattr(old, part)), _text(getattr(new, part))
        if texts[0] != texts[1]:
            lines = await in_thread(text_diff.compare, *texts)
            found.append(Difference(label=gettext(label), lines=lines))
    return found


def _text(value: object) -> str:
    if isinstance(value, dict):
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return str(value or "")


HANDLERS = (show_versions, restore_version)
