"""The SQL of what nodes say about themselves (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId


async def mark_seen(connection: Connection, node_id: UUID, now: datetime, heartbeat: str | None) -> bool:
    """Note that the node is there; says whether that makes it ready when it was not."""
    return bool(
        await connection.fetchval(
            """with before as (select id, status from nodes where id = $1)
               update nodes n set last_seen_at = $2, heartbeat = coalesce($3::jsonb, n.heartbeat),
                 status = case when n.status in ('enrolling', 'lost') then 'ready' else n.status end
               from before b where n.id = b.id returning b.status <> n.status""",
            node_id,
            now,
            heartbeat,
        )
    )


async def mark_heard(
    connection: Connection, node_ids: Sequence[UUID], now: datetime, heartbeats: Sequence[str]
) -> list[NodeId]:
    """Note how nodes are; gives those that this makes ready. Rows are locked in the order in which all lock them."""
    rows = await connection.fetch(
        """with said as (
             select n.id, n.status as before, s.heartbeat
             from nodes n join unnest($1::uuid[], $3::jsonb[]) as s (id, heartbeat) on s.id = n.id
             order by n.id for no key update of n
           )
           update nodes n set last_seen_at = $2, heartbeat = s.heartbeat,
             status = case when n.status in ('enrolling', 'lost') then 'ready' else n.status end
           from said s where n.id = s.id returning n.id, s.before <> n.status as became_ready""",
        node_ids,
        now,
        heartbeats,
    )
    return [row["id"] for row in rows if row["became_ready"]]


async def mark_applied(connection: Connection, reached: dict[NodeId, int]) -> None:
    """Note how far nodes have come, at most as far as they can. Rows are locked in the order in which all lock them."""
    await connection.execute(
        """with said as (
             select n.id, s.generation from nodes n join unnest($1::uuid[], $2::bigint[]) as s (id, generation)
               on s.id = n.id
             order by n.id for no key update of n
           )
           update nodes n set generation_applied = greatest(least(s.generation, n.generation_desired), 0)
           from said s where n.id = s.id""",
        list(reached),
        list(reached.values()),
    )


async def nodes_behind(connection: Connection, tenant_id: UUID) -> dict[UUID, int]:
    """Find the tenant's ready nodes that have not applied all yet, with the generation they should be at."""
    rows = await connection.fetch(
        """select n.id, n.generation_desired from nodes n join placements p on p.node_id = n.id
           where p.tenant_id = $1 and n.status = 'ready' and n.generation_applied < n.generation_desired""",
        tenant_id,
    )
    return {row["id"]: row["generation_desired"] for row in rows}


async def all_reached(connection: Connection, targets: dict[UUID, int]) -> bool:
    """Say whether every node has applied its target, but for those that are gone meanwhile."""
    behind = await connection.fetchval(
        """select exists (select from unnest($1::uuid[], $2::bigint[]) as t (id, generation) join nodes n using (id)
           where n.status = 'ready' and n.generation_applied < t.generation)""",
        list(targets),
        list(targets.values()),
    )
    return not behind


async def clear_shortcomings(connection: Connection, node_ids: Sequence[UUID]) -> None:
    """Forget what these nodes lacked themselves."""
    await connection.execute(
        """update node_items set quarantined = null
           where node_id = any($1::uuid[]) and kind = 'node' and key = 'self' and quarantined is not null""",
        list(node_ids),
    )


async def mark_quarantined(
    connection: Connection,
    node_id: UUID,
    generation: int,
    kinds: Sequence[str],
    keys: Sequence[str],
    why: Sequence[str],
) -> None:
    """Note which items the node refused, unless they have changed since."""
    await connection.execute(
        """update node_items i set quarantined = q.why
           from unnest($3::text[], $4::text[], $5::text[]) as q (kind, key, why)
           where i.node_id = $1 and i.kind = q.kind and i.key = q.key and i.generation <= $2""",
        node_id,
        generation,
        kinds,
        keys,
        why,
    )
