"""An agency's home: all of its clients at a glance."""

from collections.abc import AsyncGenerator
from typing import TypeAlias

from litestar import get
from litestar.response import Stream

from control_plane.agencies.service import overview
from control_plane.agencies.service.overview import Wanted
from control_plane.core import inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from web import client_rows, cookies, csv_export, tables
from web import inject as page
from web.client_rows import LEVELS, QUERY, REACH, STATUSES
from web.day import day
from web.i18n import gettext
from web.rendering import Answer
from web.visitor import may

_SECTION = "clients"
_PATH = "/agency"
_FILTERS = (QUERY, LEVELS, STATUSES, REACH)

Line: TypeAlias = tuple[object, ...]


@get(_PATH, guards=[may("clients:read")])
async def show_clients(
    request: cookies.PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock
) -> Answer | Stream:
    """Show the clients that fit the filters, with the figures over all; or all that fit as CSV."""
    given = tables.read(request, _FILTERS, client_rows.SORT_NAMES)
    if tables.wants_csv(request):
        return csv_export.answer("clients", client_rows.HEADER, _lines(db, clock, client_rows.wanted(given)))
    first = client_rows.first_of(given)
    found = await overview.clients(db, clock, client_rows.wanted(given), first, client_rows.PER_PAGE)
    context = {
        "table": client_rows.table(_PATH, _FILTERS, given, len(found.rows), first),
        "rows": client_rows.cells(found, first, visitor.tenant_name),
        "tiles": client_rows.tiles(found.overview, gettext("Clients")),
        "day": day(found.overview.hours, clock.now()),
        "may_write": visitor.may("clients:write"),
    }
    return frame.page("pages/agency.html", _SECTION, context)


async def _lines(db: Database, clock: Clock, wanted: Wanted) -> AsyncGenerator[Line]:
    found = await overview.clients(db, clock, wanted, 0, 0)
    for row in found.rows:
        yield client_rows.line(row)


HANDLERS = (show_clients,)
