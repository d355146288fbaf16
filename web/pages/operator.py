"""The operator's console: the fleet at a glance, its nodes, and all tenants."""

from collections.abc import AsyncGenerator
from typing import TypeAlias

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from control_plane.agencies.service import overview
from control_plane.agencies.service.overview import Wanted
from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.languages import mark
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import Pool
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import Condition, Node
from web import client_rows, cookies, csv_export, tables
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
_MOST_NODES, _MOST_TROUBLED, _MOST_POOLS = 200, 8, 20

Line: TypeAlias = tuple[object, ...]

_NODE = {
    "enrolling": Status("info", mark("Enrolling"), mark("Its agent has not reported yet: give it its token.")),
    "ready": Status("success", mark("Ready"), mark("It serves.")),
    "draining": Status("warning", mark("Draining"), mark("It finishes what it has and gets nothing new.")),
    "lost": Status("error", mark("Lost"), mark("It has been silent for a minute. If it runs it goes on serving.")),
    "retired": Status("quiet", mark("Retired"), mark("It is out of service.")),
}  # fmt: skip
_STREAMS: dict[str, str] = {"transactional": mark("Transactional"), "broadcast": mark("Broadcast")}


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pool of sending addresses as the table shows it."""

    pool: Pool
    owner: str
    stream: str
    status: Status


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A node as the tables show it."""

    node: Node
    status: Status
    condition: Condition

    @property
    def behind(self) -> int:
        """Count the generations that it has not applied."""
        return self.node.generation_desired - self.node.generation_applied

    @property
    def queued(self) -> int:
        """Count the files in its queue."""
        return sum(self.node.queue.values())


@get("/operator", guards=_READ)
async def show_fleet(frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show how the fleet and its tenants are."""
    wanted = Wanted()
    found = await overview.everybody(db, clock, wanted, 0, _MOST_TROUBLED)
    troubled = [row for row in client_rows.cells(found, 0, "")[:_MOST_TROUBLED] if row.row.health.level in _ALARMING]
    context = {
        "nodes": await _nodes(db),
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


@get("/operator/nodes", guards=_READ)
async def show_nodes(frame: page.Frame, db: inject.Database) -> Answer:
    """Show all nodes."""
    return frame.page("pages/operator_nodes.html", "nodes", {"nodes": await _nodes(db)})


@get("/operator/nodes/{node_id:str}", guards=_READ)
async def show_node(frame: page.Frame, db: inject.Database, node_id: FromPath[str]) -> Answer:
    """Show one node: how it is, what it runs, what it refused."""
    try:
        wanted = ids.decode("nod", node_id)
    except ids.MalformedId as error:
        raise NotFound from error
    async with db.fleet_tx() as tx:
        node, conditions = await nodes.get(tx, wanted), await nodes.conditions(tx)
        refused = await nodes.quarantined(tx, wanted)
    context = {"row": _row(node, conditions), "refused": refused}
    return frame.page("pages/operator_node.html", "nodes", context)


_ALARMING = ("bad", "warning")


async def _nodes(db: Database) -> list[NodeRow]:
    async with db.fleet_tx() as tx:
        listed, conditions = await nodes.list_nodes(tx, None, _MOST_NODES), await nodes.conditions(tx)
    return [_row(node, conditions) for node in listed.data]


def _row(node: Node, conditions: dict[str, Condition]) -> NodeRow:
    known = _NODE[node.status]
    status = Status(known.tone, gettext(known.label), gettext(known.meaning))
    return NodeRow(node=node, status=status, condition=conditions[node.id])


async def _pools(db: Database) -> list[PoolRow]:
    async with db.fleet_tx() as tx:
        return [_pool(pool) for pool in await ip_pools.pools(tx, _MOST_POOLS)]


def _pool(pool: Pool) -> PoolRow:
    """Say of a pool whose it is and whether mail can leave by it."""
    if not pool.addresses:
        status = Status("quiet", gettext("Empty"), gettext("It has no address: mail of this stream waits."))
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


HANDLERS = (show_fleet, show_tenants, show_nodes, show_node)
