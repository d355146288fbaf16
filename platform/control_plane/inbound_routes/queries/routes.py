"""A tenant's routes, as the app role for the bound tenant."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.schemas import ActionType, MatchType, TargetStatus

_COLUMNS = """r.id, r.name, r.match_type, r.domain, r.address, r.header_name, r.header_pattern, r.action_type,
  r.webhook_id, r.priority, r.enabled, r.version, r.created_at, r.mailbox, r.target_id, t.email as target_email,
  t.status as target_status, t.note as target_note, (t.id is not null and t.asked_at is null) as target_is_own"""
_FROM = "inbound_routes r left join forward_targets t on t.tenant_id = r.tenant_id and t.id = r.target_id"


class RouteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A route as it is stored."""

    id: UUID
    name: str
    match_type: MatchType
    domain: str | None
    address: str | None
    header_name: str | None
    header_pattern: str | None
    action_type: ActionType
    webhook_id: UUID | None
    priority: int
    enabled: bool
    version: int
    created_at: datetime
    mailbox: str | None = None
    target_id: UUID | None = None
    target_email: str | None = None
    """Of the target, as the next two: not stored with the route."""
    target_status: TargetStatus | None = None
    target_note: str | None = None
    target_is_own: bool = False
    """Whether it was never asked, as it was at a domain of the tenant's."""


async def insert(connection: Connection, row: RouteRow, most: int) -> bool:
    """Store a route unless the tenant has too many."""
    found = await connection.fetchval(
        """insert into inbound_routes (tenant_id, id, name, match_type, domain, address, header_name, header_pattern,
             action_type, webhook_id, priority, enabled, mailbox, target_id, version, created_at)
           select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
           where (select count(*) from inbound_routes where tenant_id = $1) < $17
           returning id""",
        bound_tenant(),
        *_values(row),
        row.version,
        row.created_at,
        most,
    )
    return found is not None


async def save(connection: Connection, row: RouteRow) -> None:
    """Store a changed route."""
    await connection.execute(
        """update inbound_routes
           set name = $3, match_type = $4, domain = $5, address = $6, header_name = $7, header_pattern = $8,
             action_type = $9, webhook_id = $10, priority = $11, enabled = $12, mailbox = $13, target_id = $14,
             version = $15
           where tenant_id = $1 and id = $2""",
        bound_tenant(),
        *_values(row),
        row.version,
    )


async def find(connection: Connection, route_id: UUID, *, lock: bool = False) -> RouteRow | None:
    """Find a route."""
    query = f"select {_COLUMNS} from {_FROM} where r.tenant_id = $1 and r.id = $2"  # noqa: S608 our own columns
    row = await connection.fetchrow(f"{query} for update of r" if lock else query, bound_tenant(), route_id)
    return None if row is None else _read(row)


async def page(connection: Connection, after: UUID | None, limit: int) -> list[RouteRow]:
    """List routes, newest first."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from {_FROM} where r.tenant_id = $1 and ($2::uuid is null or r.id < $2)
            order by r.id desc limit $3""",  # noqa: S608 our own columns
        bound_tenant(),
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def everyone(connection: Connection) -> list[RouteRow]:
    """List all routes in the order in which they are asked."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from {_FROM} where r.tenant_id = $1 order by r.priority, r.id",  # noqa: S608 our own columns
        bound_tenant(),
    )
    return [_read(row) for row in rows]


async def delete(connection: Connection, route_id: UUID) -> None:
    """Remove a route."""
    await connection.execute("delete from inbound_routes where tenant_id = $1 and id = $2", bound_tenant(), route_id)


async def has_mailbox(connection: Connection, address: str) -> bool:
    """Say whether the bound tenant has a mailbox of this address."""
    found: bool = await connection.fetchval(
        "select exists (select from mailboxes where tenant_id = $1 and address = $2)", bound_tenant(), address
    )
    return found


async def mailboxes(connection: Connection) -> list[str]:
    """List the first thousand addresses of the bound tenant's mailboxes."""
    rows = await connection.fetch(
        "select address from mailboxes where tenant_id = $1 order by address limit 1000", bound_tenant()
    )
    return [row["address"] for row in rows]


async def has_webhook(connection: Connection, webhook_id: UUID) -> bool:
    """Say whether the bound tenant has a webhook that is in use."""
    found: bool = await connection.fetchval(
        "select exists (select from webhooks where tenant_id = $1 and id = $2 and status = 'active')",
        bound_tenant(),
        webhook_id,
    )
    return found


async def active_webhooks(connection: Connection, webhook_ids: Collection[UUID]) -> set[UUID]:
    """Give those of these webhooks that the bound tenant has in use."""
    rows = await connection.fetch(
        "select id from webhooks where tenant_id = $1 and id = any ($2) and status = 'active'",
        bound_tenant(),
        list(webhook_ids),
    )
    return {row["id"] for row in rows}


async def webhooks(connection: Connection) -> list[tuple[UUID, str]]:
    """List the bound tenant's webhooks that are in use, with their addresses, newest first."""
    rows = await connection.fetch(
        "select id, url from webhooks where tenant_id = $1 and status = 'active' order by id desc", bound_tenant()
    )
    return [(row["id"], row["url"]) for row in rows]


def _values(row: RouteRow) -> tuple[object, ...]:
    return (
        row.id,
        row.name,
        row.match_type,
        row.domain,
        row.address,
        row.header_name,
        row.header_pattern,
        row.action_type,
        row.webhook_id,
        row.priority,
        row.enabled,
        row.mailbox,
        row.target_id,
    )


def _read(row: asyncpg.Record) -> RouteRow:
    return RouteRow(**dict(row))
