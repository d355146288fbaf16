"""What somebody has given to those right below them; as either role, since both see a tenant's own branch and plans."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.quotas.resources import Resource
from control_plane.quotas.schemas import Allocation

_GIVEN = """
select r.resource, quota_limit(above.limits, above_plan.limits, r.resource) as most,
  (select least(coalesce(sum(quota_limit(t.limits, p.limits, r.resource)), 0), 2::numeric ^ 62)::bigint
   from tenants t left join plans p on p.id = t.plan_id
   where t.parent_id = above.id and t.erased_at is null and t.id is distinct from $3) as given
from tenants above left join plans above_plan on above_plan.id = above.plan_id
cross join unnest($2::text[]) as r (resource)
where above.id = $1 and quota_limit(above.limits, above_plan.limits, r.resource) is not null
"""


async def given(tx: Transaction, giver: UUID, resources: Sequence[Resource], but_to: UUID | None) -> list[Allocation]:
    """Give what a tenant has, where it is limited, and what it gave away, but for what it gave to one client."""
    return [Allocation(**row) for row in await tx.connection.fetch(_GIVEN, giver, resources, but_to)]


async def lock(tx: Transaction, giver: UUID) -> None:
    """Let nobody else give from the same hand until this transaction ends."""
    await tx.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('allocation ' || $1::text, 0))", str(giver)
    )


async def client(tx: Transaction, client_id: UUID) -> asyncpg.Record | None:
    """Find who gives to a client."""
    return await tx.connection.fetchrow("select parent_id, plan_id from tenants where id = $1", client_id)


async def plan(tx: Transaction, plan_id: UUID) -> asyncpg.Record | None:
    """Find a plan, with who offers it."""
    return await tx.connection.fetchrow(
        "select tenant_id, limits::text as limits, retired_at from plans where id = $1", plan_id
    )
