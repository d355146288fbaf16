"""The SQL of nodes as the operator registers them (fleet role)."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.nodes.schemas import NewNode, NodeStatus, Role

_NODES = """
select id, name, hostname, host(service_address) as service_address, region, roles, status, generation_desired,
  generation_applied, last_seen_at, heartbeat, created_at, draining_since, lost_since,
  credential_hash is not null as enrolled
from nodes"""


class NodeRow(msgspec.Struct, frozen=True):
    """A node as it is stored."""

    id: NodeId
    name: str
    hostname: str
    service_address: str
    region: str
    roles: list[Role]
    status: NodeStatus
    generation_desired: int
    generation_applied: int
    last_seen_at: datetime | None
    heartbeat: str
    created_at: datetime
    draining_since: datetime | None
    lost_since: datetime | None
    enrolled: bool


async def insert_node(connection: Connection, node_id: UUID, new: NewNode) -> None:
    """Store a new node, or what has changed of the one with this name."""
    await connection.execute(
        """insert into nodes (id, name, hostname, service_address, region, roles) values ($1, $2, $3, $4, $5, $6)
           on conflict (name) where status <> 'retired' do update set hostname = excluded.hostname,
             service_address = excluded.service_address, region = excluded.region, roles = excluded.roles""",
        node_id,
        new.name,
        new.hostname,
        new.service_address,
        new.region,
        new.roles,
    )


async def find_by_name(connection: Connection, name: str) -> NodeRow | None:
    """Find a node by its name; retired ones have none any more."""
    return _node(await connection.fetchrow(_NODES + " where name = $1 and status <> 'retired'", name))


async def find(connection: Connection, node_id: UUID, *, lock: bool = False) -> NodeRow | None:
    """Find a node by its id."""
    return _node(await connection.fetchrow(_NODES + " where id = $1" + " for update" * lock, node_id))


async def change(connection: Connection, row: NodeRow) -> None:
    """Store what an operator can change of a node."""
    await connection.execute(
        "update nodes set hostname = $2, service_address = $3, region = $4, roles = $5 where id = $1",
        row.id,
        row.hostname,
        row.service_address,
        row.region,
        row.roles,
    )


async def page(connection: Connection, after: UUID | None, limit: int, *, retired: bool) -> list[NodeRow]:
    """List nodes, oldest first; those that are retired only if they are asked for."""
    rows = await connection.fetch(
        _NODES + " where ($1::uuid is null or id > $1) and ($3 or status <> 'retired') order by id limit $2",
        after,
        limit,
        retired,
    )
    return [NodeRow(**row) for row in rows]


async def retired_hosts(connection: Connection) -> set[str]:
    """List the host names that only nodes had that are retired."""
    rows = await connection.fetch(
        """select hostname from nodes where status = 'retired'
           except select hostname from nodes where status <> 'retired'"""
    )
    return {row["hostname"] for row in rows}


def _node(row: asyncpg.Record | None) -> NodeRow | None:
    return None if row is None else NodeRow(**row)
