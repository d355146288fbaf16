"""Make, show, change and delete routes; each change is in force on the nodes before it is answered."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.inbound_routes.errors import NothingToAsk, TooManyRoutes
from control_plane.inbound_routes.queries import routes as queries
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.schemas import InboundRoute, InboundRouteChange, NewInboundRoute, RouteTarget
from control_plane.inbound_routes.service import shape
from control_plane.inbound_routes.service.consent import Asking, ask_again
from control_plane.inbound_routes.service.publish import publish
from control_plane.inbound_routes.service.view import PREFIX, WEBHOOK_PREFIX, route_of
from control_plane.nodes import service as nodes

_MOST = 500


async def create(asking: Asking, new: NewInboundRoute) -> InboundRoute:
    """Make a route; raises `Invalid`, `TooManyRoutes`, `DomainOutOfReach`, `ForwardDeclined`, `TooManyAsked`."""
    shape.check_name(new.name)
    async with _turn(asking.db) as tx:
        row = await shape.with_match(tx, _blank(new, asking.clock), new.match)
        row = await shape.with_action(tx, asking, row, new.action)
        if not await queries.insert(tx.connection, row, _MOST):
            raise TooManyRoutes
        await publish(tx)
        audit.record(tx, "inbound-routes.create", encode(PREFIX, row.id), after=_told(row))
    return route_of(row)


async def get(db: Database, route_id: UUID) -> InboundRoute:
    """Give a route; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return route_of(await found(tx, route_id))


async def list_routes(db: Database, after: UUID | None, limit: int) -> Page[InboundRoute]:
    """List routes, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, after, limit + 1)
    shown = tuple(route_of(row) for row in rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def in_order(db: Database) -> list[InboundRoute]:
    """List all routes in the order in which they are asked."""
    async with db.tenant_tx() as tx:
        return [route_of(row) for row in await queries.everyone(tx.connection)]


async def change(
    asking: Asking, route_id: UUID, wanted: InboundRouteChange, if_match: str | None = None
) -> InboundRoute:
    """Change a route; raises `NotFound`, `PreconditionFailed`, and what `create` raises."""
    shape.check_name(wanted.name)
    async with _turn(asking.db) as tx:
        row = await found(tx, route_id, lock=True)
        _require_reach(row)
        etag.check(if_match, route_of(row))
        changed = await _changed(tx, asking, row, wanted)
        await queries.save(tx.connection, changed)
        await publish(tx)
        audit.record(tx, "inbound-routes.change", encode(PREFIX, row.id), before=_told(row), after=_told(changed))
    return route_of(changed)


async def delete(db: Database, route_id: UUID, if_match: str | None = None) -> None:
    """Delete a route; raises `NotFound`, `PreconditionFailed`, `DomainOutOfReach`."""
    async with _turn(db) as tx:
        row = await found(tx, route_id, lock=True)
        _require_reach(row)
        etag.check(if_match, route_of(row))
        await queries.delete(tx.connection, row.id)
        await publish(tx)
        audit.record(tx, "inbound-routes.delete", encode(PREFIX, row.id), before=_told(row))


async def move(db: Database, route_id: UUID, *, up: bool) -> None:
    """Have a route change places with the one before or after it; at the end of the list, nothing happens."""
    async with _turn(db) as tx:
        rows = await queries.everyone(tx.connection)
        place = next((number for number, row in enumerate(rows) if row.id == route_id), None)
        if place is None:
            raise NotFound
        _require_reach(rows[place])
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows):
            if row.priority != (number + 1) * 10:
                moved = msgspec.structs.replace(row, priority=(number + 1) * 10, version=row.version + 1)
                await queries.save(tx.connection, moved)
        audit.record(tx, "inbound-routes.move", encode(PREFIX, route_id))


async def ask(asking: Asking, route_id: UUID) -> None:
    """Write once more to whose address a route forwards to; raises `NotFound`, `NothingToAsk`, and what asking does."""
    async with asking.db.tenant_tx() as tx:
        row = await found(tx, route_id)
        _require_reach(row)
        if row.target_id is None or row.target_status == "confirmed":
            raise NothingToAsk
        await ask_again(tx, asking, row.target_id)
        audit.record(tx, "inbound-routes.ask", encode(PREFIX, row.id))


async def targets(db: Database) -> list[RouteTarget]:
    """List the webhooks that a route can send mail to."""
    async with db.tenant_tx() as tx:
        rows = await queries.webhooks(tx.connection)
    return [RouteTarget(id=encode(WEBHOOK_PREFIX, webhook_id), url=url) for webhook_id, url in rows]


async def mailboxes(db: Database) -> list[str]:
    """List the mailboxes that a route can put mail into; the first thousand."""
    async with db.tenant_tx() as tx:
        return await queries.mailboxes(tx.connection)


async def found(tx: Transaction, route_id: UUID, *, lock: bool = False) -> RouteRow:
    """Find a route of the bound tenant; raises `NotFound`."""
    row = await queries.find(tx.connection, route_id, lock=lock)
    if row is None:
        raise NotFound
    return row


@asynccontextmanager
async def _turn(db: Database) -> AsyncGenerator[Transaction]:
    """Open a transaction in which nobody else changes the bound tenant's routes: what nodes are told is the newest."""
    async with db.tenant_tx() as tx:
        await nodes.hold_still(tx, bound_tenant())
        yield tx


async def _changed(tx: Transaction, asking: Asking, row: RouteRow, wanted: InboundRouteChange) -> RouteRow:
    names = ("name", "priority", "enabled")
    given = {name: value for name in names if (value := getattr(wanted, name)) is not msgspec.UNSET}
    changed = msgspec.structs.replace(row, version=row.version + 1, **given)
    if wanted.match is not msgspec.UNSET:
        changed = await shape.with_match(tx, changed, wanted.match)
    if wanted.action is not msgspec.UNSET:
        changed = await shape.with_action(tx, asking, changed, wanted.action)
    return changed


def _require_reach(row: RouteRow) -> None:
    """Raise `DomainOutOfReach` for a key that is bound to other domains than the route's."""
    if row.domain is None:
        require_all_domains()
    else:
        shape.require_reach(row.domain)


def _blank(new: NewInboundRoute, clock: Clock) -> RouteRow:
    return RouteRow(
        id=new_uuid(),
        name=new.name,
        match_type=new.match.type,
        domain=None,
        address=None,
        header_name=None,
        header_pattern=None,
        action_type=new.action.type,
        webhook_id=None,
        priority=new.priority,
        enabled=new.enabled,
        version=1,
        created_at=clock.now(),
    )


def _told(row: RouteRow) -> dict[str, object]:
    """Give what the audit log says of a route."""
    told = (
        "name",
        "match_type",
        "domain",
        "address",
        "header_name",
        "header_pattern",
        "action_type",
        "mailbox",
        "target_email",
        "priority",
    )
    return {name: value for name in (*told, "enabled") if (value := getattr(row, name)) is not None}
