"""The audit log: who did what, for whom, and what changed; as a timeline with filters, and as a file."""

from uuid import UUID

from litestar import get
from litestar.response import Stream

from control_plane.audit import service
from control_plane.audit.schemas import Filters
from control_plane.core import ids, inject
from control_plane.core.database import Database
from control_plane.core.ids import MalformedId
from control_plane.core.languages import mark
from web import audit_words, tables
from web import inject as page
from web.cookies import PageRequest
from web.rendering import Answer
from web.tables import Choice, Day, Search, Table
from web.visitor import may

_PATH = "/settings/audit-log"
_SECTION = "audit-log"
_PER_PAGE = 50
_READ = [may("audit-log:read")]
_FILTERS = (
    Search("actor", mark("Who: an address, or a key’s name")),
    Choice(
        "action",
        mark("What it is about"),
        mark("Everything"),
        tuple((feature, word) for feature, (word, _) in audit_words.FEATURES.items()),
    ),
    Day("since", mark("Since")),
    Day("until", mark("Until")),
)


@get(_PATH, guards=_READ)
async def show_audit_log(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database
) -> Answer | Stream:
    """Show the log, newest first, or give all of it as CSV."""
    if tables.wants_csv(request):
        return _file(db)
    given = tables.read(request, _FILTERS)
    listed = await service.listing(db, _asked(given), _after(given), _PER_PAGE)
    own_id = ids.encode("ten", visitor.subject.tenant_id)
    context = {
        "table": Table(_PATH, (), _FILTERS, given, listed.next, exportable=True),
        "entries": [audit_words.words_of(entry, own_id) for entry in listed.data],
        "check": await service.check_newest(db),
    }
    return frame.page("pages/settings_audit_log.html", _SECTION, context)


def _asked(given: dict[str, str]) -> Filters:
    return Filters(
        actor=given["actor"].strip() or None,
        action=given["action"] or None,
        since=tables.start_of(given["since"]),
        until=tables.end_of(given["until"]),
    )


def _after(given: dict[str, str]) -> UUID | None:
    try:
        return ids.decode(service.PREFIX, given["after"]) if given["after"] else None
    except MalformedId:
        return None


def _file(db: Database) -> Stream:
    headers = {"content-disposition": 'attachment; filename="audit-log.csv"', "cache-control": "no-store"}
    return Stream(service.lines(service.everything(db), "csv"), media_type=service.MEDIA_TYPES["csv"], headers=headers)


HANDLERS = (show_audit_log,)
