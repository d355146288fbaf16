"""The list of suppressed addresses: is this one on it and why, what else is, one more, many fewer."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import Invalid, Refused
from control_plane.core.languages import mark
from control_plane.core.pagination import Page
from control_plane.core.runtime import Runtime
from control_plane.suppressions import service
from control_plane.suppressions.schemas import (
    Answer as Asked,
)
from control_plane.suppressions.schemas import (
    BulkDeletion,
    Filters,
    Suppression,
    SuppressionRequest,
)
from web import csv_export, suppression_words, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.suppression_places import Place, may_here, paths, place_of
from web.tables import Choice, Column, Search, Table
from web.typed import read_as
from web.visitor import Visitor

SECTION = "suppressions"
_PER_PAGE = 50
_READ, _WRITE = [may_here("read")], [may_here("write")]
_FIELDS = {"email": "email", "reason": "reason", "stream": "stream", "note": "note"}
_FILTERS = (
    Search("domain", mark("Domain")),
    Choice(
        "reason", mark("Reason"), mark("Any reason"), tuple((n, s.label) for n, s in suppression_words.REASONS.items())
    ),
    Choice("stream", mark("Stream"), mark("Any stream"), tuple(suppression_words.STREAMS.items())),
    Choice("status", mark("Status"), mark("On the list"), (("ended", mark("Taken off")),)),
)
_COLUMNS = (
    Column(mark("Address")),
    Column(mark("Reason")),
    Column(mark("Mail"), wide=True),
    Column(mark("Since"), end=True, wide=True),
)
_NONE: Page[Suppression] = Page((), None)


class NewForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in to suppress an address."""

    email: str = ""
    reason: str = "manual"
    stream: str = ""
    note: str = ""

    def wanted(self, place: Place) -> SuppressionRequest:
        """Make the suppression that was asked for; raises `Invalid`."""
        given = msgspec.structs.asdict(self) | {"stream": self.stream or None, "for_clients": place.for_clients}
        return read_as(given, SuppressionRequest)


class BulkForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was ticked, and why mail may go there again."""

    ids: list[str] | str = ""
    because: str = ""

    def wanted(self) -> BulkDeletion:
        """Make what was asked for; raises `Invalid`."""
        ids = self.ids if isinstance(self.ids, list) else [self.ids] if self.ids else []
        return read_as({"ids": ids, "reason": self.because}, BulkDeletion)


@get(paths(), guards=_READ)
async def show_suppressions(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database
) -> Answer | Stream:
    """Show the list with the answer about one address, or give what fits the filters as CSV."""
    place = place_of(request)
    if tables.wants_csv(request):
        filters = _filters(tables.read(request, _FILTERS), place)
        return csv_export.answer("suppressions", service.COLUMNS, service.rows(db, filters))
    return await _show(request, frame, visitor, db)


@post(paths(), guards=_WRITE)
async def suppress_address(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    data: URLEncodedBody[NewForm],
) -> Answer | Redirect:
    """Suppress an address, or show the form again with what is wrong."""
    place = place_of(request)
    try:
        made = await _suppress(runtime, visitor, data.wanted(place))
    except Refused as refused:
        return await _show(request, frame, visitor, runtime.db, data, refused)
    return Redirect(f"{place.path}/{made.id}?done=suppressed", status_code=303)


@post(paths("/reactivate"), guards=_WRITE)
async def reactivate_ticked(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    data: URLEncodedBody[BulkForm],
) -> Answer | Redirect:
    """Let mail go to the ticked addresses again, for a reason; each can be suppressed again from where it leads."""
    try:
        await service.delete_many(runtime.db, runtime.clock, visitor.subject, data.wanted())
    except Refused as refused:
        return await _show(request, frame, visitor, runtime.db, None, refused)
    return Redirect(f"{place_of(request).path}?status=ended&done=reactivated", status_code=303)


async def _suppress(runtime: Runtime, visitor: Visitor, wanted: SuppressionRequest) -> Suppression:
    return await service.create(runtime.db, runtime.clock, visitor.subject, wanted, source="portal")


async def _show(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    db: Database,
    form: NewForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    place, given = place_of(request), tables.read(request, _FILTERS)
    errors, problem = faults(refused, _FIELDS if form else {}) if refused else ({}, "")
    listed = await _listed(db, given, place)
    asked = request.query_params.get("ask", "").strip()
    context = {
        "place": place,
        "words": suppression_words,
        "table": Table(place.path, _COLUMNS, _FILTERS, given, listed.next, exportable=True),
        "entries": listed.data,
        "asked": asked,
        **await _answer(db, asked),
        "form": form or NewForm(),
        "is_adding": form is not None,
        "errors": errors,
        "problem": problem,
        "may_write": place.may_write(visitor),
    }
    return frame.page("pages/suppressions.html", SECTION, context, status_code=refused.status.value if refused else 200)


async def _listed(db: Database, given: dict[str, str], place: Place) -> Page[Suppression]:
    """List what fits; what cannot be a domain is none of anybody's."""
    try:
        return await service.listing(db, _filters(given, place), _PER_PAGE, given["after"] or None)
    except Invalid:
        return _NONE


async def _answer(db: Database, text: str) -> dict[str, object]:
    """Say whether an address is suppressed, or why it is none."""
    if not text:
        return {"answer": None, "unreadable": ""}
    try:
        answer: Asked | None = await service.asked_about(db, text)
    except Invalid as invalid:
        return {"answer": None, "unreadable": " ".join(error.message for error in invalid.errors)}
    return {"answer": answer, "unreadable": ""}


def _filters(given: dict[str, str], place: Place) -> Filters:
    return read_as(
        {
            "domain": given["domain"].strip() or None,
            "reason": given["reason"] or None,
            "stream": given["stream"] or None,
            "status": given["status"] or "active",
            "for_clients": place.for_clients,
        },
        Filters,
    )


HANDLERS = (show_suppressions, suppress_address, reactivate_ticked)
