"""The SQL of nodes' parts in roll-outs (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_CANDIDATES = """
select n.id, n.name, n.region, n.roles, n.status, coalesce(k.revisions, '{}') as revisions,
  (select coalesce(sum(s.delivered + s.deferred + s.bounced), 0) from node_results s
   where s.node_id = n.id and s.at >= $1)::bigint as load
from nodes n left join node_renderers k on k.node_id = n.id
where n.status in ('ready', 'draining', 'lost') order by n.id"""

_REFUSED = """(select coalesce(array_agg(i.kind || ': ' || i.quarantined order by i.kind), '{}') from node_items i
   where i.node_id = n.id and i.tenant_id is null and i.kind in ('node', 'daemons', 'shaping')
     and i.quarantined is not null)"""

_VIEW = f"""
select p.node_id, n.name, n.region, n.roles, n.status, n.generation_applied, p.stage, p.state, p.reason, p.generation,
  p.published_at, p.soaking_since, p.before::text as before, p.gates::text as gates, p.probe_number, p.probe_delivered,
  p.probe_reply, p.former_generation, coalesce(k.revisions, '{{}}') as revisions,
  coalesce((n.heartbeat #>> '{{queue,deferred}}')::bigint, 0) as waiting,
  {_REFUSED} as refused,
  (select d.service || ': ' || d.problem from rollout_diffs d
   where d.node_id = n.id and d.generation >= p.generation and d.problem is not null
   order by d.at limit 1) as problem,
  (select array[coalesce(sum(s.delivered), 0), coalesce(sum(s.deferred), 0), coalesce(sum(s.bounced), 0)]::bigint[]
   from node_results s where s.node_id = n.id and s.at > p.published_at) as since
from rollout_nodes p join nodes n on n.id = p.node_id left join node_renderers k on k.node_id = n.id
where p.rollout_id = $1 order by p.stage, n.name"""  # noqa: S608

_COUNTS = """
array[coalesce(sum(delivered), 0), coalesce(sum(deferred), 0), coalesce(sum(bounced), 0)]::bigint[]"""

_GIVE = """
update rollout_nodes p set state = 'applying', reason = '', generation = n.generation_desired, published_at = $3,
  before = $4::jsonb, soaking_since = null
from nodes n where p.rollout_id = $1 and p.node_id = $2 and n.id = p.node_id"""

_GIVE_BACK = """
update rollout_nodes p set former_generation = n.generation_desired,
  state = case when p.state = 'failed' then 'failed' else 'rolled_back' end
from nodes n where p.rollout_id = $1 and p.node_id = $2 and n.id = p.node_id"""


async def candidates(connection: Connection, since: datetime) -> list[asyncpg.Record]:
    """List the nodes that a roll-out is for, with what they have sent since a moment."""
    return await connection.fetch(_CANDIDATES, since)


async def insert(connection: Connection, rollout_id: UUID, node_ids: Sequence[UUID], stages: Sequence[int]) -> None:
    """Say which node has its turn in which stage."""
    await connection.execute(
        """insert into rollout_nodes (rollout_id, node_id, stage)
           select $1, given.node_id, given.stage from unnest($2::uuid[], $3::int[]) as given (node_id, stage)""",
        rollout_id,
        node_ids,
        stages,
    )


async def of_rollout(connection: Connection, rollout_id: UUID) -> list[asyncpg.Record]:
    """List the parts of all nodes, with all that is known of each."""
    return await connection.fetch(_VIEW, rollout_id)


async def give(connection: Connection, rollout_id: UUID, node_id: UUID, now: datetime, before: str) -> None:
    """Note that a node was given the change with its newest generation, and how it was before."""
    await connection.execute(_GIVE, rollout_id, node_id, now, before)


async def number_probe(connection: Connection, rollout_id: UUID, node_id: UUID) -> None:
    """Number the mail that a node is to send, unlike any before; one that sends none is asked for none."""
    await connection.execute(
        """update rollout_nodes set probe_number = nextval('rollout_probes'), probe_delivered = null, probe_reply = null
           where rollout_id = $1 and node_id = $2
             and exists (select from nodes where id = $2 and 'outbound' = any (roles))""",
        rollout_id,
        node_id,
    )


async def give_back(connection: Connection, rollout_id: UUID, node_id: UUID) -> None:
    """Note that a node was given what it had before, with its newest generation."""
    await connection.execute(_GIVE_BACK, rollout_id, node_id)


async def set_state(connection: Connection, rollout_id: UUID, node_id: UUID, state: str, reason: str = "") -> None:
    """Let a node be in a state."""
    await connection.execute(
        "update rollout_nodes set state = $3, reason = $4 where rollout_id = $1 and node_id = $2",
        rollout_id,
        node_id,
        state,
        reason,
    )


async def soak(connection: Connection, rollout_id: UUID, node_id: UUID, now: datetime) -> None:
    """Begin to watch a node."""
    await connection.execute(
        "update rollout_nodes set state = 'soaking', soaking_since = $3 where rollout_id = $1 and node_id = $2",
        rollout_id,
        node_id,
        now,
    )


async def keep_gates(connection: Connection, rollout_id: UUID, node_ids: Sequence[UUID], gates: Sequence[str]) -> None:
    """Keep how gates were found."""
    await connection.execute(
        """update rollout_nodes p set gates = given.gates::jsonb
           from unnest($2::uuid[], $3::text[]) as given (node_id, gates)
           where p.rollout_id = $1 and p.node_id = given.node_id and p.gates <> given.gates::jsonb""",
        rollout_id,
        node_ids,
        gates,
    )


async def note_probe(connection: Connection, node_id: NodeId, number: int, reply: str, *, delivered: bool) -> bool:
    """Note how a node's mail fared, the first time it says so."""
    row = await connection.fetchrow(
        """update rollout_nodes set probe_delivered = $3, probe_reply = $4
           where node_id = $1 and probe_number = $2 and probe_delivered is null returning 1""",
        node_id,
        number,
        delivered,
        reply,
    )
    return row is not None


async def part_of(connection: Connection, node_id: NodeId) -> asyncpg.Record | None:
    """Find a node's part in the roll-out that is under way, if it has the change."""
    return await connection.fetchrow(
        """select r.id, r.kind, r.change::text as change, r.probe_address, p.probe_number
           from rollouts r join rollout_nodes p on p.rollout_id = r.id
           where r.ended_at is null and r.status <> 'rolling_back' and p.node_id = $1
             and p.state in ('applying', 'soaking', 'passed', 'failed')""",
        node_id,
    )


async def tally(connection: Connection, node_id: UUID, since: datetime) -> list[int]:
    """Count how a node's attempts fared since a moment: delivered, deferred, bounced."""
    counts: list[int] = await connection.fetchval(
        f"select {_COUNTS} from node_results where node_id = $1 and at >= $2",  # noqa: S608
        node_id,
        since,
    )
    return counts


async def tally_of_fleet(connection: Connection, since: datetime) -> list[int]:
    """Count the same of all nodes."""
    counts: list[int] = await connection.fetchval(
        f"select {_COUNTS} from node_results where at >= $1",  # noqa: S608
        since,
    )
    return counts


async def learn(connection: Connection, node_id: NodeId, revisions: Sequence[int]) -> None:
    """Keep which revisions of the renderer a node knows."""
    await connection.execute(
        """insert into node_renderers (node_id, revisions) values ($1, $2)
           on conflict (node_id) do update set revisions = excluded.revisions
           where node_renderers.revisions is distinct from excluded.revisions""",
        node_id,
        revisions,
    )


async def living(connection: Connection) -> list[NodeId]:
    """List the nodes that are not retired."""
    return [row["id"] for row in await connection.fetch("select id from nodes where status <> 'retired' order by id")]


async def condition(connection: Connection, node_id: NodeId) -> asyncpg.Record:
    """Give what a node said last: the mails in its deferred queue, and the items of its own that it refused."""
    row = await connection.fetchrow(
        f"""select coalesce((n.heartbeat #>> '{{queue,deferred}}')::bigint, 0) as waiting, {_REFUSED} as refused
            from nodes n where n.id = $1""",  # noqa: S608
        node_id,
    )
    assert row is not None
    return row
