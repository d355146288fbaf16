"""The SQL of what nodes tell: their files' diffs, and how attempts fared (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_NOTE_DIFF = """
insert into rollout_diffs (node_id, generation, service, rollout_id, diff, problem, at)
select $1, $2, $3, (select rollout_id from rollout_nodes where rollout_id = $4 and node_id = $1), $5, $6, $7
from nodes where id = $1 and generation_desired >= $2
on conflict (node_id, generation, service) do update
  set diff = excluded.diff, problem = excluded.problem, at = excluded.at
  where rollout_diffs.problem is null and excluded.problem is not null
returning 1"""

_COUNT = """
insert into node_results as s (node_id, at, delivered, deferred, bounced)
select $1, date_bin('10 seconds', given.at, 'epoch'),
  count(*) filter (where given.type = 'message.delivered'),
  count(*) filter (where given.type = 'message.deferred'),
  count(*) filter (where given.type = 'message.bounced')
from unnest($2::text[], $3::timestamptz[]) as given (type, at)
where given.type in ('message.delivered', 'message.deferred', 'message.bounced')
group by 2 order by 2
on conflict (node_id, at) do update set delivered = s.delivered + excluded.delivered,
  deferred = s.deferred + excluded.deferred, bounced = s.bounced + excluded.bounced"""


async def note_diff(
    connection: Connection,
    node_id: NodeId,
    generation: int,
    service: str,
    rollout_id: UUID | None,
    diff: str,
    problem: str | None,
    now: datetime,
) -> bool:
    """Keep what changed in a node's files; that it was taken back counts more than that it was kept.

    Says whether that is new. Of generations that never were nothing is kept.
    """
    row = await connection.fetchrow(_NOTE_DIFF, node_id, generation, service, rollout_id, diff, problem, now)
    return row is not None


async def cut(connection: Connection, node_id: NodeId, most: int) -> None:
    """Keep the newest of a node's only."""
    await connection.execute(
        """delete from rollout_diffs where node_id = $1 and (generation, service) in (
             select generation, service from rollout_diffs where node_id = $1
             order by generation desc, service offset $2)""",
        node_id,
        most,
    )


async def diffs_of(connection: Connection, rollout_id: UUID, limit: int) -> list[asyncpg.Record]:
    """List what changed in nodes' files by a roll-out, in the order in which they told it."""
    return await connection.fetch(
        """select d.node_id, n.name, d.generation, d.service, d.diff, d.problem, d.at
           from rollout_diffs d join nodes n on n.id = d.node_id
           where d.rollout_id = $1 order by d.at, n.name, d.service limit $2""",
        rollout_id,
        limit,
    )


async def count(connection: Connection, node_id: NodeId, types: Sequence[str], ats: Sequence[datetime]) -> None:
    """Count a node's newly stored events; each node reports in turn, so nobody waits."""
    await connection.execute(_COUNT, node_id, types, ats)


async def forget(connection: Connection, diffs_before: datetime, results_before: datetime) -> None:
    """Delete what is old."""
    await connection.execute("delete from rollout_diffs where at < $1", diffs_before)
    await connection.execute("delete from node_results where at < $1", results_before)
