"""The SQL of desired state: publishing items, and reading them in the order in which they changed."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId


class ItemRow(msgspec.Struct, frozen=True):
    """An item with the generation that last changed it; without payload it is gone."""

    generation: int
    kind: str
    key: str
    tenant_id: UUID | None
    payload: bytes | None


class ItemPage(msgspec.Struct, frozen=True):
    """Items after a point in the log, and the generation that the node should be at, both at one moment."""

    generation: int
    items: list[ItemRow]


_PAGE = """
select n.generation_desired, i.generation, i.kind, i.key, i.tenant_id, i.payload
from nodes n left join lateral (
  select * from node_items i
  where i.node_id = n.id and (i.generation, i.kind, i.key) > ($2, $3, $4)
  order by i.generation, i.kind, i.key limit $5
) i on true
where n.id = $1"""


_PAGES = """
select a.place, n.generation_desired, i.generation, i.kind, i.key, i.tenant_id, i.payload
from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[])
  with ordinality as a (node_id, generation, kind, key, place)
join nodes n on n.id = a.node_id
left join lateral (
  select * from node_items i
  where i.node_id = a.node_id and (i.generation, i.kind, i.key) > (a.generation, a.kind, a.key)
  order by i.generation, i.kind, i.key limit $5
) i on true
order by a.place, i.generation, i.kind, i.key"""

_PUBLISH_OWN = """
with given as (
  select g.kind, g.key, g.payload from unnest($2::text[], $3::text[], $4::bytea[]) as g (kind, key, payload)
  left join node_items i on i.node_id = $1 and i.kind = g.kind and i.key = g.key
  where i.payload is distinct from g.payload
), next as (
  update nodes set generation_desired = generation_desired + 1 where id = $1 and exists (select from given)
  returning generation_desired
), published as (
  insert into node_items (node_id, kind, key, generation, payload)
  select $1, given.kind, given.key, next.generation_desired, given.payload from given cross join next
  on conflict (node_id, kind, key) do update
    set generation = excluded.generation, payload = excluded.payload, quarantined = null
    where node_items.tenant_id is null
)
select generation_desired from next"""


async def desired_generation(connection: Connection, node_id: UUID) -> int:
    """Read the generation that the node should be at."""
    generation: int | None = await connection.fetchval("select generation_desired from nodes where id = $1", node_id)
    return generation or 0


async def page(connection: Connection, node_id: UUID, after: tuple[int, str, str], limit: int) -> ItemPage:
    """Read items after a point, in order; generations of one node commit in order, so nothing appears behind it."""
    return _page(await connection.fetch(_PAGE, node_id, *after, limit))


async def pages(
    connection: Connection, asked: Sequence[tuple[NodeId, tuple[int, str, str]]], limit: int
) -> list[ItemPage]:
    """Read the same of many nodes at one moment, a page of each."""
    node_ids, points = [node_id for node_id, _ in asked], [point for _, point in asked]
    columns = [point[0] for point in points], [point[1] for point in points], [point[2] for point in points]
    rows_of: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(_PAGES, node_ids, *columns, limit):
        rows_of[row["place"]].append(row)
    return [_page(rows_of[place]) for place in range(1, len(asked) + 1)]


def _page(rows: list[asyncpg.Record]) -> ItemPage:
    items = [
        ItemRow(row["generation"], row["kind"], row["key"], row["tenant_id"], row["payload"])
        for row in rows
        if row["generation"] is not None
    ]
    return ItemPage(rows[0]["generation_desired"] if rows else 0, items)


async def publish(
    connection: Connection,
    owner: UUID,
    kinds: Sequence[str],
    keys: Sequence[str],
    payloads: Sequence[bytes | None],
    roles: Sequence[str],
    only_node: UUID | None,
) -> list[NodeId]:
    """Publish a tenant's items (app or fleet role); gives the nodes that are touched."""
    rows = await connection.fetch(
        "select publish_items($1, $2, $3, $4, $5, $6) as id", owner, kinds, keys, payloads, roles, only_node
    )
    return [row["id"] for row in rows]


async def live(connection: Connection, owner: UUID) -> list[tuple[str, str]]:
    """List kind and key of what nodes have of a tenant (fleet role)."""
    rows = await connection.fetch(
        "select distinct kind, key from node_items where tenant_id = $1 and payload is not null order by 1, 2", owner
    )
    return [(row["kind"], row["key"]) for row in rows]


async def hold(connection: Connection, owner: UUID, kind: str, keys: Sequence[str]) -> bool:
    """Say whether every ready node has a tenant's items in force as they are now (fleet role)."""
    lacking = await connection.fetchval(
        """select exists (select from node_items i join nodes n on n.id = i.node_id
                          where i.tenant_id = $1 and i.kind = $2 and i.key = any ($3) and n.status = 'ready'
                            and (n.generation_applied < i.generation or i.quarantined is not null))""",
        owner,
        kind,
        keys,
    )
    return not lacking


async def lock(connection: Connection, owner: UUID) -> None:
    """Lock the rows of a tenant's nodes, in the order in which all lock them (app or fleet role)."""
    await connection.execute("select lock_nodes($1)", owner)


async def lock_all(connection: Connection) -> None:
    """Lock the rows of all nodes, in the order in which all lock them (fleet role)."""
    await connection.execute("select from nodes where status <> 'retired' order by id for no key update")


async def publish_own(
    connection: Connection, node_id: UUID, kinds: Sequence[str], keys: Sequence[str], payloads: Sequence[bytes | None]
) -> bool:
    """Publish items of the node itself (fleet role), those that differ; says whether any did."""
    await connection.execute("select from nodes where id = $1 for no key update", node_id)
    return await connection.fetchval(_PUBLISH_OWN, node_id, kinds, keys, payloads) is not None
