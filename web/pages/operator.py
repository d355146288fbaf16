"""The operator's console: the fleet at a glance, and all tenants."""

from collections.abc import AsyncGenerator
from typing import TypeAlias

import msgspec
from litestar import get
from litestar.response import Stream

from control_plane.agencies.service import overview
from control_plane.agencies.service.overview import Wanted
from control_plane.core import inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.languages import mark
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import Pool
from web import client_rows, cookies, csv_export, node_rows, tables
from web import inject as page
from web.client_rows import LEVELS, QUERY, STATUSES
from web.day import day
from web.i18n import gettext
from web.rendering import Answer
from web.statuses import Status
from web.visitor import may

_READ = [may("fleet:read")]
_TENANTS = "/operator/tenants"
_FILTERS = (QUERY, LEVELS, STATUSES)
_MOST_TROUBLED, _MOST_POOLS = 8, 20

Line: TypeAlias = tuple[object, ...]

_STREAMS: dict[str, str] = {"transactional": mark("Transactional"), "broadcast": mark("Broadcast")}


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pool of sending addresses as the table shows it."""

    pool: Pool
    owner: str
    stream: str
    status: Status


@get("/operator", guards=_READ)
async def show_fleet(frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show how the fleet and its tenants are."""
    wanted = Wanted()
    found = await overview.everybody(db, clock, wanted, 0, _MOST_TROUBLED)
    troubled = [row for row in client_rows.cells(found, 0, "")[:_MOST_TROUBLED] if row.row.health.level in _ALARMING]
    context = {
        "nodes": await node_rows.rows(db),
        "pools": await _pools(db),
        "tiles": client_rows.tiles(found.overview, gettext("Tenants")),
        "day": day(found.overview.hours, clock.now()),
        "troubled": troubled,
    }
    return frame.page("pages/operator.html", "operator", context)


@get(_TENANTS, guards=_READ)
async def show_tenants(
    request: cookies.PageRequest, frame: page.Frame, db: inject.Database, clock: inject.Clock
) -> Answer | Stream:
    """Show all tenants that fit the filters, or give them as CSV."""
    given = tables.read(request, _FILTERS, client_rows.SORT_NAMES)
    wanted = client_rows.wanted(given)
    if tables.wants_csv(request):
        return csv_export.answer("tenants", client_rows.HEADER, _lines(db, clock, wanted))
    first = client_rows.first_of(given)
    found = await overview.everybody(db, clock, wanted, first, client_rows.PER_PAGE)
    context = {
        "table": client_rows.table(_TENANTS, _FILTERS, given, len(found.rows), first),
        "rows": client_rows.cells(found, first, ""),
    }
    return frame.page("pages/operator_tenants.html", "tenants", context)


_ALARMING = ("bad", "warning")


async def _pools(db: Database) -> list[PoolRow]:
    async with db.fleet_tx() as tx:
        stranded = {each.pool_id: each.tenants for each in await deliveries.without_way_out(tx)}
        return [_pool(pool, stranded.get(pool.id, 0)) for pool in await ip_pools.pools(tx, _MOST_POOLS)]


def _pool(pool: Pool, waiting: int) -> PoolRow:
    """Say of a pool whose it is and whether mail can leave by it."""
    if not pool.addresses:
        status = Status("quiet", gettext("Empty"), gettext("It has no address: mail of this stream waits."))
    elif not pool.nodes_open and waiting:
        sentence = gettext("No node with an address of it is ready, and mail waits. Accounts that wait: %(count)s.")
        status = Status("error", gettext("Stands still"), sentence % {"count": waiting})
    elif not pool.nodes_open:
        status = Status(
            "error", gettext("Stands still"), gettext("No node with an address of it is ready: mail waits.")
        )
    else:
        status = Status("success", gettext("Ready"), gettext("Mail leaves by it."))
    owner = pool.tenant or gettext("All tenants")
    return PoolRow(pool=pool, owner=owner, stream=gettext(_STREAMS[pool.stream]), status=status)


async def _lines(db: Database, clock: Clock, wanted: Wanted) -> AsyncGenerator[Line]:
    found = await overview.everybody(db, clock, wanted, 0, 0)
    for row in found.rows:
        yield client_rows.line(row)


HANDLERS = (show_fleet, show_tenants)
