"""The SQL of tenants below the bound one: as the app role, or as the fleet role with the same scope.

Every statement about clients starts from the bound tenant's subtree and leaves out the bound tenant itself: nobody
suspends, moves or closes themselves by it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.tenants.schemas import ClientFilter, Kind, Standing, Status

_SELECT = """
select t.id, t.parent_id, t.path, t.kind, t.name, t.slug, t.status, t.own_status, t.suspended_reason, t.plan_id,
  t.limits::text as limits, (t.brand - 'logo')::text as brand, t.closing_at, t.created_at
from tenants t where t.path @> array[$1::uuid] and t.id <> $1 and t.erased_at is null"""

_PAGE = (
    _SELECT
    + """
  and ($2::uuid is null or t.id < $2) and ($3::text is null or t.status = $3)
  and ($4::text is null or t.kind = $4) and ($5::uuid is null or t.parent_id = $5)
  and ($6::text is null or t.name ilike $6 or t.slug ilike $6)
order by t.id desc limit $7"""
)
_FIND = _SELECT + " and t.id = $2"
_LOCK = _FIND + " for no key update"  # not `for update`: that would hold up whoever adds rows of the tenant's

_CHANGE = """
update tenants t set name = $3, plan_id = $4, limits = $5::jsonb
where t.path @> array[$1::uuid] and t.id <> $1 and t.erased_at is null and t.id = $2"""


class ClientRow(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant as it is stored."""

    id: UUID
    parent_id: UUID
    path: list[UUID]
    kind: Kind
    name: str
    slug: str
    status: Status
    own_status: Status
    suspended_reason: str | None
    plan_id: UUID | None
    limits: str
    brand: str
    closing_at: datetime | None
    created_at: datetime


async def page(connection: Connection, wanted: ClientFilter, after: UUID | None, limit: int) -> list[ClientRow]:
    """List clients, newest first."""
    pattern = None if wanted.query is None else f"%{_escaped(wanted.query)}%"
    rows = await connection.fetch(
        _PAGE, bound_tenant(), after, wanted.status, wanted.kind, wanted.parent_id, pattern, limit
    )
    return [ClientRow(**row) for row in rows]


async def find(connection: Connection, client_id: UUID, *, lock: bool = False) -> ClientRow | None:
    """Find a client; locked (fleet role), nobody else changes it until this transaction ends."""
    row = await connection.fetchrow(_LOCK if lock else _FIND, bound_tenant(), client_id)
    return None if row is None else ClientRow(**row)


async def standing(connection: Connection) -> Standing:
    """Read how the bound tenant itself stands."""
    row = await connection.fetchrow(
        "select name, kind, status, suspended_reason, closing_at from tenants where id = $1", bound_tenant()
    )
    assert row is not None, "a bound tenant exists"
    return Standing(**row)


async def change(connection: Connection, client_id: UUID, name: str, plan_id: UUID | None, limits: str) -> None:
    """Change a client that `find` locked (fleet role)."""
    await connection.execute(_CHANGE, bound_tenant(), client_id, name, plan_id, limits)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
