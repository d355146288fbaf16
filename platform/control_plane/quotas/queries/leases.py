"""What nodes were granted of tenants' quotas: as the app role for the bound tenant, or for all as the fleet role."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId


class LeaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one node was granted in one window."""

    node_id: UUID
    time_window: str
    begins_at: datetime
    ends_at: datetime
    granted: int
    told: int
    used: int
    wanted: int = 0
    is_all: bool = False
    message_bytes: int | None = None
    """How large messages may be, as the node was told with it."""


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A node of a tenant."""

    node_id: UUID
    generation: int | None
    """Of its grants as they were published last; None: they are not there, or were refused."""
    takes: bool
    """Whether mail can be submitted there."""


_HEARD = """
with used as (
  update quota_leases l set used = s.used
  from unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) as s (node_id, tenant_id, name, used)
  where l.node_id = s.node_id and l.tenant_id = s.tenant_id and l.time_window = s.name and s.used > l.used
  returning l.tenant_id, l.node_id, l.time_window
)
select * from (
  select tenant_id, node_id from used where time_window = 'unlimited'
  union
  select s.tenant_id, s.node_id from unnest($7::uuid[], $8::uuid[]) as s (node_id, tenant_id)
  join quota_leases l on l.tenant_id = s.tenant_id and l.node_id = s.node_id
  union
  select l.tenant_id, l.node_id from unnest($1::uuid[], $2::bigint[]) as heard (node_id, generation)
  join quota_leases l on l.node_id = heard.node_id
  join node_items i on i.node_id = l.node_id and i.kind = 'quota' and i.tenant_id = l.tenant_id
  where l.told between 0 and l.granted - 1 and i.generation <= heard.generation and i.quarantined is null
) due order by random() limit $9"""

# What each tenant with mailboxes, or keys for SMTP, is limited by, and where it lacks a lease of the window that a
# moment lies in.
_DUE = """
with owners as (
  select t.id, t.path from tenants t
  where t.erased_at is null and (exists (select from mailboxes m where m.tenant_id = t.id)
    or exists (select from api_keys k
               where k.tenant_id = t.id and k.smtp and k.smtp_hash is not null and k.revoked_at is null))
), limits as (
  select o.id, bool_or(quota_limit(a.limits, p.limits, 'messages_hour') is not null) as by_hour,
    bool_or(quota_limit(a.limits, p.limits, 'messages_day') is not null) as by_day,
    bool_or(quota_limit(a.limits, p.limits, 'messages_month') is not null) as by_month,
    max(quota_limit(a.limits, p.limits, 'message_bytes')) filter (where a.id = o.id) as message_bytes
  from owners o join tenants a on a.id = any (o.path) left join plans p on p.id = a.plan_id group by 1
), wanted as (
  select id, message_bytes, case
    when by_hour then to_char($1 at time zone 'UTC', 'YYYY-MM-DD"T"HH24')
    when by_day then to_char($1 at time zone 'UTC', 'YYYY-MM-DD')
    when by_month then to_char($1 at time zone 'UTC', 'YYYY-MM')
    else 'unlimited' end as time_window
  from limits
)
select distinct w.id from wanted w
join placements p on p.tenant_id = w.id join nodes n on n.id = p.node_id
where n.roles @> array['outbound', 'mailbox'] and n.status in ('enrolling', 'ready', 'draining')
  and p.filled_at is not null
  and not exists (select from quota_leases l
    where l.tenant_id = w.id and l.node_id = n.id and l.time_window = w.time_window
      and l.message_bytes is not distinct from w.message_bytes
      and (l.time_window <> 'unlimited' or l.told < 0))  -- else it was called back while there was a limit
limit $2"""


async def locked(tx: Transaction, tenant_id: UUID) -> list[LeaseRow]:
    """Read and lock all of a tenant's."""
    rows = await tx.connection.fetch(
        """select node_id, time_window, begins_at, ends_at, granted, told, used, wanted, is_all,
             message_bytes from quota_leases
           where tenant_id = $1 order by node_id, time_window for update""",
        tenant_id,
    )
    return [LeaseRow(**row) for row in rows]


async def nodes_of(tx: Transaction, tenant_id: UUID) -> list[NodeRow]:
    """List the tenant's nodes."""
    return [NodeRow(**row) for row in await tx.connection.fetch("select * from quota_nodes($1)", tenant_id)]


async def message_bytes(tx: Transaction) -> int | None:
    """Give how large the bound tenant's messages may be; None: there is no limit (app role)."""
    most: int | None = await tx.connection.fetchval(
        "select most from quota_standing(array['message_bytes'], transaction_timestamp())"
    )
    return most


async def save(tx: Transaction, tenant_id: UUID, rows: Sequence[LeaseRow]) -> None:
    """Store leases, new or changed; what was used only nodes say."""
    await tx.connection.executemany(
        """insert into quota_leases
             (tenant_id, node_id, time_window, begins_at, ends_at, granted, told, used, wanted, is_all, message_bytes)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           on conflict (tenant_id, node_id, time_window) do update set granted = excluded.granted,
             told = excluded.told, wanted = excluded.wanted, is_all = excluded.is_all,
             message_bytes = excluded.message_bytes""",
        [(tenant_id, *msgspec.structs.astuple(row)) for row in rows],
    )


async def delete(tx: Transaction, tenant_id: UUID, rows: Sequence[LeaseRow]) -> None:
    """Forget leases that are settled."""
    await tx.connection.executemany(
        "delete from quota_leases where tenant_id = $1 and node_id = $2 and time_window = $3",
        [(tenant_id, row.node_id, row.time_window) for row in rows],
    )


async def heard(
    tx: Transaction,
    generations: Mapping[NodeId, int],
    used: Sequence[tuple[UUID, UUID, str, int]],
    wanting: Sequence[tuple[UUID, UUID]],
    most: int,
) -> list[tuple[UUID, UUID]]:
    """Note what nodes have used; gives some of the tenants and nodes for whom something is to be done (fleet role).

    `used` are node, tenant, window and recipients, `wanting` nodes and tenants.
    """
    rows: list[asyncpg.Record] = await tx.connection.fetch(
        _HEARD,
        list(generations),
        list(generations.values()),
        *([each[place] for each in used] for place in range(4)),
        *([each[place] for each in wanting] for place in range(2)),
        most,
    )
    return [(row["tenant_id"], row["node_id"]) for row in rows]


async def due(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """List tenants that lack a lease of the present window on a node of theirs (fleet role)."""
    return [row["id"] for row in await tx.connection.fetch(_DUE, now, limit)]
