"""The SQL of plans, as the app role: a tenant sees its own and those that the tenant right above it offers."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.plans.schemas import PlanLimits, PlanRow, Price

_COLUMNS = """p.tenant_id, p.id, p.name, p.limits::text as limits, p.over_limit, p.overage, p.price_minor,
  p.price_currency, p.weight::text::float8 as weight, p.created_at, p.retired_at"""
_VISIBLE = """(p.tenant_id = $1 or p.tenant_id = (select parent_id from tenants where id = $1)
  and (p.retired_at is null or p.id = (select plan_id from tenants where id = $1)))"""
_FIND = f"select {_COLUMNS} from plans p where p.id = $2 and {_VISIBLE}"  # noqa: S608 our own text
_CURRENT = f"select {_COLUMNS} from plans p where p.id = (select plan_id from tenants where id = $1)"  # noqa: S608
_LOCK = f"select {_COLUMNS} from plans p where p.tenant_id = $1 and p.id = $2 for update"  # noqa: S608
_PAGE = f"""select {_COLUMNS} from plans p where {_VISIBLE} and ($2::uuid is null or p.id < $2)
  order by p.id desc limit $3"""  # noqa: S608

_INSERT = """
insert into plans
  (tenant_id, id, name, limits, over_limit, overage, price_minor, price_currency, weight, created_at, retired_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11)
"""
_UPDATE = """
update plans set name = $3, limits = $4::jsonb, over_limit = $5, overage = $6, price_minor = $7, price_currency = $8,
  weight = $9, created_at = $10, retired_at = $11
where tenant_id = $1 and id = $2
"""
_TENANTS = """
select plan_id, count(*) as tenants from tenants
where plan_id = any ($2) and id <> $1 and erased_at is null group by 1
"""

_limits = msgspec.json.Decoder(PlanLimits)


async def insert(tx: Transaction, row: PlanRow) -> None:
    """Store a new plan."""
    await tx.connection.execute(_INSERT, *_values(row))


async def save(tx: Transaction, row: PlanRow) -> None:
    """Store a changed plan."""
    await tx.connection.execute(_UPDATE, *_values(row))


async def find(tx: Transaction, tenant_id: UUID, plan_id: UUID) -> PlanRow | None:
    """Find a plan that the tenant sees."""
    return _row(await tx.connection.fetchrow(_FIND, tenant_id, plan_id))


async def current(tx: Transaction, tenant_id: UUID) -> PlanRow | None:
    """Find the plan that the tenant is on."""
    return _row(await tx.connection.fetchrow(_CURRENT, tenant_id))


async def lock(tx: Transaction, tenant_id: UUID, plan_id: UUID) -> PlanRow | None:
    """Find a plan of the tenant's own, and keep others from changing it meanwhile."""
    return _row(await tx.connection.fetchrow(_LOCK, tenant_id, plan_id))


async def page(tx: Transaction, tenant_id: UUID, after: UUID | None, limit: int) -> list[PlanRow]:
    """List the plans that the tenant sees, newest first."""
    rows = await tx.connection.fetch(_PAGE, tenant_id, after, limit)
    return [row for each in rows if (row := _row(each)) is not None]


async def tenants_on(tx: Transaction, tenant_id: UUID, plan_ids: list[UUID]) -> dict[UUID, int]:
    """Count who below the tenant is on which plan."""
    rows = await tx.connection.fetch(_TENANTS, tenant_id, plan_ids)
    return {row["plan_id"]: row["tenants"] for row in rows}


async def kind_of(tx: Transaction, tenant_id: UUID) -> str:
    """Give the tenant's kind: there can be nobody below a client."""
    kind: str = await tx.connection.fetchval("select kind from tenants where id = $1", tenant_id)
    return kind


def _row(found: asyncpg.Record | None) -> PlanRow | None:
    if found is None:
        return None
    fields = dict(found)
    amount, currency = fields.pop("price_minor"), fields.pop("price_currency")
    price = None if amount is None else Price(amount_minor=amount, currency=currency)
    return PlanRow(**fields | {"limits": _limits.decode(found["limits"]), "price": price})


def _values(row: PlanRow) -> tuple[object, ...]:
    limits = msgspec.json.encode(row.limits).decode()
    price = (None, None) if row.price is None else (row.price.amount_minor, row.price.currency)
    return (
        row.tenant_id,
        row.id,
        row.name,
        limits,
        row.over_limit,
        row.overage,
        *price,
        row.weight,
        row.created_at,
        row.retired_at,
    )
