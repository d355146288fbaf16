"""Refusals that count against addresses, in a transaction of either role."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection

# Strikes are of an address in lower case, and deliveries bear it as it was written. Those are looked through for each
# address that has enough strikes, within its tenant's; `offset 0` keeps it so.
_STRIKE = """
with struck as (
  insert into soft_bounces (tenant_id, email, delivery_id, at, bounce_class)
  select tenant_id, lower(recipient), delivery_id, at, bounce_class
  from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[])
    as s (tenant_id, recipient, delivery_id, at, bounce_class) on conflict do nothing
  returning tenant_id, email, delivery_id, at
), counted as (
  select tenant_id, email, count(*) as strikes, min(at) as since from (
    select tenant_id, email, at from struck
    union all
    select b.tenant_id, b.email, b.at from soft_bounces b  -- as it was before
    where b.at > $6 and (b.tenant_id, b.email) in (select s.tenant_id, s.email from struck s)
  ) strike group by 1, 2
)
select c.tenant_id, c.email from counted c
where c.strikes >= $7 and not exists (
  select from deliveries d where d.tenant_id = c.tenant_id and lower(d.recipient) = c.email and d.status = 'delivered'
    and d.id >= uuid_at(c.since) offset 0)"""


async def strike(
    connection: Connection,
    tenant_ids: Sequence[UUID],
    recipients: Sequence[str],
    delivery_ids: Sequence[UUID],
    ats: Sequence[datetime],
    classes: Sequence[str],
    since: datetime,
    enough: int,
) -> list[tuple[UUID, str]]:
    """Note strikes against addresses, each delivery once; gives those that have enough since a moment, in lower case.

    What has been delivered to since the first of them has none.
    """
    rows = await connection.fetch(_STRIKE, tenant_ids, recipients, delivery_ids, ats, classes, since, enough)
    return [(row["tenant_id"], row["email"]) for row in rows]


async def forget(connection: Connection, before: datetime) -> None:
    """Forget strikes that are too old to count (fleet role)."""
    await connection.execute("delete from soft_bounces where at < $1", before)
