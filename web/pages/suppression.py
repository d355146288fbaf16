"""One suppression: why, since when, what led to it, what was before; and the way off the list and back onto it."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound, Refused
from control_plane.suppressions import service
from control_plane.suppressions.schemas import NOTE_MAX, Suppression
from web import inject as page
from web import suppression_words
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.pages.suppressions import SECTION
from web.rendering import Answer
from web.suppression_places import may_here, paths, place_of
from web.visitor import Visitor

_READ, _WRITE = [may_here("read")], [may_here("write")]
_ONE = "/{suppression_id:str}"


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why mail may go there again."""

    because: str = ""


@get(paths(_ONE), guards=_READ)
async def show_suppression(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database, suppression_id: FromPath[str]
) -> Answer:
    """Show it."""
    return await _show(request, frame, visitor, db, await _find(request, db, suppression_id))


@post(paths(f"{_ONE}/reactivate"), guards=_WRITE)
async def reactivate_suppression(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    suppression_id: FromPath[str],
    data: URLEncodedBody[ReasonForm],
) -> Answer | Redirect:
    """Let mail go to the address again, or show what is wrong with the reason."""
    entry = await _find(request, runtime.db, suppression_id)
    because = data.because[: NOTE_MAX + 1]
    try:
        await service.reactivate(runtime.db, runtime.clock, visitor.subject, entry.id, because)
    except Refused as refused:
        return await _show(request, frame, visitor, runtime.db, entry, data, refused)
    return Redirect(f"{place_of(request).path}/{entry.id}?done=reactivated", status_code=303)


@post(paths(f"{_ONE}/restore"), guards=_WRITE)
async def restore_suppression(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    suppression_id: FromPath[str],
) -> Answer | Redirect:
    """Put the address back on the list."""
    entry = await _find(request, runtime.db, suppression_id)
    try:
        await service.restore(runtime.db, runtime.clock, visitor.subject, entry.id)
    except Refused as refused:
        return await _show(request, frame, visitor, runtime.db, entry, None, refused)
    return Redirect(f"{place_of(request).path}/{entry.id}?done=suppressed", status_code=303)


async def _find(request: PageRequest, db: Database, suppression_id: str) -> Suppression:
    entry = await service.find(db, suppression_id)
    if entry.for_clients != place_of(request).for_clients:
        raise NotFound
    return entry


async def _show(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    db: Database,
    entry: Suppression,
    form: ReasonForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    place = place_of(request)
    errors, problem = faults(refused, {"reason": "because"}) if refused else ({}, "")
    known = await service.of_addresses(db, [entry.email])
    context = {
        "place": place,
        "words": suppression_words,
        "entry": entry,
        "others": [each for each in known if each.id != entry.id and each.for_clients == entry.for_clients],
        "form": form or ReasonForm(),
        "errors": errors,
        "problem": problem,
        "may_write": place.may_write(visitor),
    }
    return frame.page("pages/suppression.html", SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_suppression, reactivate_suppression, restore_suppression)
