"""The SQL of what becomes of nodes (fleet role)."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_HOLDINGS = """
select
  (select count(*) from mailboxes m where m.node_id = $1) as mailboxes,
  (select count(*) from leases l join deliveries d on d.lease_id = l.id and d.status = 'accepted'
   where l.node_id = $1 and l.taken_at is not null and l.revoked_at is null) as taken"""

_SAMPLE = """
insert into node_samples (node_id, at, queued, deferred, waiting_events, behind, disk_free_bytes, disk_total_bytes)
select n.id, $1, coalesce(q.queued, 0), coalesce(q.deferred, 0), coalesce((n.heartbeat ->> 'spool_events')::bigint, 0),
  n.generation_desired - n.generation_applied,
  coalesce((n.heartbeat ->> 'disk_free_bytes')::bigint, 0), coalesce((n.heartbeat ->> 'disk_total_bytes')::bigint, 0)
from nodes n cross join lateral (
  select sum(value::int)::int as queued, (sum(value::int) filter (where key = 'deferred'))::int as deferred
  from jsonb_each_text(coalesce(n.heartbeat -> 'queue', '{}'))
) q
where n.status in ('ready', 'draining') on conflict do nothing"""


async def drain(connection: Connection, node_id: UUID, status: str, since: datetime | None) -> None:
    """Note that a node is to be emptied, since when, or that it is not."""
    await connection.execute("update nodes set draining_since = $3, status = $2 where id = $1", node_id, status, since)


async def retire(connection: Connection, node_id: UUID, now: datetime, *, given_up: bool) -> None:
    """End a node: its credentials, its tokens and what it was told."""
    await connection.execute(
        """update nodes set status = 'retired', retired_at = $2, given_up = $3, draining_since = null,
             credential_lookup = null, credential_hash = null, pending_lookup = null, pending_hash = null
           where id = $1""",
        node_id,
        now,
        given_up,
    )
    await withdraw_tokens(connection, node_id, now)
    await connection.execute("delete from placements where node_id = $1", node_id)
    await connection.execute("delete from node_items where node_id = $1", node_id)


async def withdraw_tokens(connection: Connection, node_id: UUID, now: datetime) -> int:
    """Let a node's unused tokens expire; gives how many."""
    withdrawn = await connection.fetch(
        """update enrolment_tokens set expires_at = $2 where node_id = $1 and used_at is null and expires_at > $2
           returning 1""",
        node_id,
        now,
    )
    return len(withdrawn)


async def holdings(connection: Connection, node_id: UUID) -> asyncpg.Record:
    """Count what only this node has."""
    row = await connection.fetchrow(_HOLDINGS, node_id)
    assert row is not None
    return row


async def lose_silent(connection: Connection, unseen_since: datetime) -> list[NodeId]:
    """Mark the nodes that have gone silent."""
    rows = await connection.fetch(
        """update nodes set status = 'lost' where id in (
             select id from nodes where status in ('ready', 'draining') and last_seen_at < $1
             order by id for no key update
           ) returning id""",
        unseen_since,
    )
    return [row["id"] for row in rows]


async def take_untold(connection: Connection, now: datetime, most: int) -> list[asyncpg.Record]:
    """Give what became of nodes and was not told yet, and note that it is told."""
    return await connection.fetch(
        """with told as (
             update node_changes set told_at = $1 where id in (
               select id from node_changes where told_at is null order by id limit $2 for update skip locked
             ) returning id, node_id, at, before, after
           )
           select t.id, t.node_id, t.at, t.before, t.after, n.name, n.region, n.last_seen_at
           from told t join nodes n on n.id = t.node_id order by t.id""",
        now,
        most,
    )


async def take_alarming(connection: Connection, lost_before: datetime, now: datetime) -> list[asyncpg.Record]:
    """Give the nodes that have been lost for so long that people must know, once each time."""
    return await connection.fetch(
        """update nodes set alarmed_at = $2 where status = 'lost' and lost_since <= $1 and alarmed_at is null
           returning id, name, last_seen_at""",
        lost_before,
        now,
    )


async def changes_of(connection: Connection, node_id: UUID, most: int) -> list[asyncpg.Record]:
    """Give what became of a node, newest first."""
    return await connection.fetch(
        "select at, before, after from node_changes where node_id = $1 order by id desc limit $2", node_id, most
    )


async def sample(connection: Connection, now: datetime) -> None:
    """Keep a few numbers of how each node is."""
    await connection.execute(_SAMPLE, now)


async def forget(connection: Connection, before: datetime) -> None:
    """Forget how nodes were long ago."""
    await connection.execute("delete from node_samples where at < $1", before)


async def samples_of(connection: Connection, node_id: UUID, since: datetime) -> list[asyncpg.Record]:
    """Give how a node was, oldest first."""
    return await connection.fetch(
        """select at, queued, deferred, waiting_events, behind, disk_free_bytes, disk_total_bytes
           from node_samples where node_id = $1 and at >= $2 order by at""",
        node_id,
        since,
    )
