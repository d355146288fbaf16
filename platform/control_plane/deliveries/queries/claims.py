"""Claim what waits: who stands in line, what is theirs, and the lease on it (fleet role)."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.deliveries.queries.bounds import bounds
from control_plane.deliveries.schemas import PAUSE_FOLLOWED_SECONDS, LeaseId
from control_plane.deliveries.turns import Portion, Standing, Turn


class WaitingDelivery(msgspec.Struct, frozen=True):
    """A delivery that no node has."""

    tenant_id: UUID
    id: UUID
    message_id: UUID
    recipient: str
    pool_id: UUID

    @property
    def turn(self) -> Turn:
        """Name whose turn it belongs to."""
        return self.tenant_id, self.pool_id


class StoredMessage(msgspec.Struct, frozen=True):
    """A message's bytes as they are passed on."""

    id: UUID
    envelope: bytes
    content: bytes


# Of a paused stream nothing is claimed until the queue follows: what waits then was released from above.
_STANDINGS = """
select line.tenant_id, wanted.pool_id, p.stream, line.start, line.weight, line.oldest
from unnest($1::uuid[]) with ordinality as wanted (pool_id, place) join ip_pools p on p.id = wanted.pool_id
cross join lateral (
  select t.tenant_id, t.start, coalesce(plan.weight, 1)::float8 as weight, t.oldest
  from turns t join tenants owner on owner.id = t.tenant_id left join plans plan on plan.id = owner.plan_id
  where t.pool_id = wanted.pool_id and t.waiting and (owner.status <> 'suspended' or owner.emptied_at is not null)
    and (p.stream <> all (owner.paused_streams) or exists (
      select from measures m where m.tenant_id = t.tenant_id and m.stream = p.stream
        and m.settled_at >= m.since + make_interval(secs => $5)))
    and not exists (select from unnest($3::uuid[], $4::uuid[]) as but (tenant_id, pool_id)
                    where but.tenant_id = t.tenant_id and but.pool_id = t.pool_id)
  order by t.start limit $2
) line
order by wanted.place, line.start"""

_PICK = """
select picked.* from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $6::uuid[]) with ordinality
  as portion (tenant_id, pool_id, deliveries, after, oldest, place)
cross join lateral (
  select d.tenant_id, d.id, d.message_id, d.recipient, d.pool_id from deliveries d
  where d.pool_id = portion.pool_id and d.tenant_id = portion.tenant_id
    and d.id >= portion.oldest and d.id > portion.after
    and d.status = 'accepted' and d.lease_id is null and d.parked_until is null
    and (d.returned_at is null or not exists (
      select from returns r where r.tenant_id = d.tenant_id and r.delivery_id = d.id
        and r.node_id = $5 and r.not_before > now()))
  order by d.id limit portion.deliveries for update of d skip locked
) picked
order by portion.place, picked.id"""

_MESSAGES = """
select id, envelope, content from (
  select m.id, m.envelope, m.content, wanted.place,
    sum(octet_length(m.envelope) + octet_length(m.content)) over (order by wanted.place) as bytes_so_far
  from unnest($1::uuid[], $2::uuid[]) with ordinality as wanted (tenant_id, id, place)
  join messages m on m.tenant_id = wanted.tenant_id and m.id = wanted.id
  where m.id between $3 and $4
) sized where bytes_so_far <= $5 or place = 1 order by place"""

_LEASE = """
with lease as (
  insert into leases (id, node_id, deliveries, expires_at)
  values ($1, $2, cardinality($4::uuid[]), now() + make_interval(secs => $5))
)
update deliveries d set lease_id = $1, node_id = $2
from unnest($3::uuid[], $4::uuid[]) as picked (tenant_id, id)
where d.tenant_id = picked.tenant_id and d.id = picked.id and d.id between $6 and $7"""

_AWAIT = """
select await_turns(owner, pools, $3) from (
  select tenant_id as owner, array_agg(pool_id) as pools
  from unnest($1::uuid[], $2::uuid[]) as turn (tenant_id, pool_id) group by 1 order by 1
) waiting"""

FIRST = UUID(int=0)
"""No id is smaller."""


async def standings(
    connection: Connection, pool_ids: Sequence[UUID], most: int, but: Collection[Turn]
) -> list[Standing]:
    """Find those next in line in each pool, in its order, leaving some out."""
    tenants, pools = [tenant for tenant, _ in but], [pool for _, pool in but]
    rows = await connection.fetch(_STANDINGS, pool_ids, most, tenants, pools, PAUSE_FOLLOWED_SECONDS)
    return [Standing(*row.values()) for row in rows]


async def pick_waiting(
    connection: Connection, node_id: NodeId, parts: Sequence[Portion], after: Mapping[Turn, UUID]
) -> list[WaitingDelivery]:
    """Lock each one's oldest deliveries, passing over those that others are just claiming or the node gave back."""
    rows = await connection.fetch(
        _PICK,
        [part.standing.tenant_id for part in parts],
        [part.standing.pool_id for part in parts],
        [part.deliveries for part in parts],
        [after.get(part.standing.turn, FIRST) for part in parts],
        node_id,
        [part.standing.oldest for part in parts],
    )
    return [WaitingDelivery(*row.values()) for row in rows]


async def messages_of(
    connection: Connection, deliveries: Sequence[WaitingDelivery], most_bytes: int
) -> list[StoredMessage]:
    """Fetch the deliveries' messages in the order of their first delivery, up to a size but at least one."""
    wanted = {delivery.message_id: delivery.tenant_id for delivery in deliveries}
    rows = await connection.fetch(_MESSAGES, list(wanted.values()), list(wanted), *bounds(list(wanted)), most_bytes)
    return [StoredMessage(*row.values()) for row in rows]


async def lease(
    connection: Connection, lease_id: LeaseId, node_id: NodeId, deliveries: Sequence[WaitingDelivery], seconds: float
) -> None:
    """Put deliveries into a node's hands for a time."""
    ids = [delivery.id for delivery in deliveries]
    tenant_ids = [delivery.tenant_id for delivery in deliveries]
    await connection.execute(_LEASE, lease_id, node_id, tenant_ids, ids, seconds, *bounds(ids))


async def await_turns(connection: Connection, turns: Collection[Turn], oldest: UUID = FIRST) -> None:
    """Note that mail of tenants waits in pools, near the end of the transaction that lets it wait (or app role).

    None of that mail has an id that is smaller than `oldest`.
    """
    tenants, pools = [tenant for tenant, _ in turns], [pool for _, pool in turns]
    await connection.execute(_AWAIT, tenants, pools, oldest)


async def end_turns(connection: Connection, served: Sequence[Portion], emptied: Collection[Turn]) -> None:
    """Move on who was served, and let those rest of whom nothing waits any more."""
    counts = {part.standing.turn: part for part in served}
    turns = [*counts, *(turn for turn in emptied if turn not in counts)]
    parts = [counts.get(turn) for turn in turns]
    await connection.execute(
        "select end_turns($1, $2, $3, $4, $5)",
        [tenant for tenant, _ in turns],
        [pool for _, pool in turns],
        [part.deliveries / part.standing.weight if part else 0.0 for part in parts],
        [part.standing.after(part.deliveries - 1).start if part else 0.0 for part in parts],
        [turn in emptied for turn in turns],
    )
