"""Files of addresses: taken in, and followed until all of a file is on the list."""

from collections.abc import AsyncGenerator

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.runtime import Runtime
from control_plane.suppressions import service
from control_plane.suppressions.import_lines import Defaults
from web import inject as page
from web import suppression_words
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.pages.suppressions import SECTION
from web.rendering import Answer
from web.suppression_places import may_here, paths, place_of
from web.typed import read_as
from web.visitor import Visitor

MOST_BYTES = 64 * 1024 * 1024
_SHOWN = 10
_CHUNK = 64 * 1024
_WRITE = [may_here("write")]
_FIELDS = {"file": "file", "reason": "reason", "stream": "stream"}


@get(paths("/import"), guards=_WRITE)
async def show_imports(request: PageRequest, frame: page.Frame, db: inject.Database) -> Answer:
    """Show the form, and the last files with how far they are."""
    return await _show(request, frame, db, {"reason": "manual", "stream": ""})


@post(paths("/import"), guards=_WRITE, request_max_body_size=MOST_BYTES)
async def import_file(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime
) -> Answer | Redirect:
    """Take a file in, or show the form again with what is wrong."""
    fields = await request.form()
    given = {name: str(fields.get(name) or "") for name in ("reason", "stream")}
    try:
        await _take(request, runtime, visitor, fields.get("file"), given)
    except Refused as refused:
        return await _show(request, frame, runtime.db, given, refused)
    return Redirect(f"{place_of(request).path}/import?done=import-begun", status_code=303)


async def _take(
    request: PageRequest, runtime: Runtime, visitor: Visitor, chosen: object, given: dict[str, str]
) -> None:
    if not isinstance(chosen, UploadFile) or not chosen.filename:
        raise Invalid(errors=(FieldError("file", gettext("Choose a file.")),))
    known = given | {"stream": given["stream"] or None, "for_clients": place_of(request).for_clients}
    form = service.form_of(chosen.filename)
    defaults = read_as(known, Defaults)
    await service.take_upload(runtime.db, runtime.clock, visitor.subject, _chunks(chosen), form, defaults)


async def _chunks(chosen: UploadFile) -> AsyncGenerator[bytes]:
    while chunk := await chosen.read(_CHUNK):
        yield chunk


async def _show(
    request: PageRequest, frame: Frame, db: Database, given: dict[str, str], refused: Refused | None = None
) -> Answer:
    place = place_of(request)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    listed = await service.list_imports(db, _SHOWN, None)
    imports = [each for each in listed.data if each.for_clients == place.for_clients]
    context = {
        "place": place,
        "words": suppression_words,
        "imports": imports,
        "under_way": any(each.status != "finished" for each in imports),
        "form": given,
        "errors": errors,
        "problem": problem,
    }
    template = "pages/suppression_imports.html"
    return frame.page(template, SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_imports, import_file)
