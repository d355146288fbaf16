"""The SQL of what all mail needs: which pool it leaves by, and what a node has."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.ip_pools.schemas import Ip, NewIp, Pool, PoolId, Stream

_IPS = "select id, node_id, pool_id, host(address) as address, hostname, status, weight, standby, keeps_warm from ips"

_TAKES_MAIL = "(i.status = 'warming' or i.status = 'active' and (not i.standby or i.keeps_warm))"

_POOLS_OF = f"""
select p.id from ip_pools p where exists (
  select from ips i join nodes n on n.id = i.node_id
  where i.pool_id = p.id and i.node_id = $1
    and (not $2 or ({_TAKES_MAIL} and n.status = 'ready')))
  and p.stream = coalesce($3, p.stream)
order by p.stream desc, p.id"""  # noqa: S608  made of our own constants

_POOLS = f"""
select * from (select p.id, p.name, p.kind, p.stream, t.name as tenant, count(i.id)::int as addresses,
  count(distinct i.node_id)::int as nodes,
  (count(distinct i.node_id) filter (
    where {_TAKES_MAIL} and n.status = 'ready'))::int as nodes_open
from ip_pools p
left join tenants t on t.id = p.tenant_id
left join ips i on i.pool_id = p.id and i.status <> 'released'
left join nodes n on n.id = i.node_id
group by p.id, t.name) pools
order by addresses = 0, nodes_open > 0, kind desc, stream desc, id limit $1"""  # noqa: S608  made of our own constants

_UPSERT_IPS = """
with placed as (
  insert into ips (id, pool_id, node_id, address, hostname, status, warm_at)
  select i.id, p.id, $1, i.address, i.hostname, i.status, case i.status when 'active' then now() end
  from unnest($2::uuid[], $3::text[], $4::inet[], $5::text[], $6::text[]) as i (id, stream, address, hostname, status)
  join ip_pools p on p.stream = i.stream and p.tenant_id is null and p.is_default
  on conflict (address) do update set hostname = excluded.hostname
  where ips.node_id = excluded.node_id and ips.stream = excluded.stream and ips.status <> 'released'
  returning id, pool_id
), begun as (
  insert into ip_tenures (id, ip_id, pool_id, began_at) select i.fresh, p.id, p.pool_id, now()
  from placed p join unnest($2::uuid[], $7::uuid[]) as i (id, fresh) using (id)
)
select id from placed"""


async def insert_shared_pool(connection: Connection, pool_id: UUID, stream: Stream) -> None:
    """Make a shared pool unless there is one."""
    await connection.execute(
        "insert into ip_pools (id, name, kind, stream) values ($1, $2, 'shared', $2) on conflict do nothing",
        pool_id,
        stream,
    )


async def pool_for(connection: Connection, stream: Stream) -> PoolId | None:
    """Find the tenant's own default pool, else the shared one or, for who is a risk, one that is for those."""
    found: PoolId | None = await connection.fetchval(
        """select p.id from ip_pools p
           where p.stream = $1 and (p.is_default or p.kind = 'risk' and not pool_is_closed(p.id)
             and exists (select from tenants t where t.id = app_tenant() and $1 = any (t.risk_streams)))
           order by p.tenant_id nulls last, p.is_default, p.id limit 1""",
        stream,
    )
    return found


async def own_pool(connection: Connection, tenant_id: UUID, stream: Stream) -> PoolId | None:
    """Find a tenant's own default pool."""
    found: PoolId | None = await connection.fetchval(
        "select id from ip_pools where tenant_id = $1 and stream = $2 and is_default", tenant_id, stream
    )
    return found


async def pools_of(
    connection: Connection, node_id: NodeId, stream: Stream | None = None, *, only_open: bool
) -> list[PoolId]:
    """Find the pools that the node has addresses of, transactional before broadcast; none if it takes no work now."""
    rows = await connection.fetch(_POOLS_OF, node_id, only_open, stream)
    return [row["id"] for row in rows]


async def shared_pool_of(connection: Connection, node_id: NodeId) -> PoolId | None:
    """Find the shared pool for transactional mail that the node has addresses of, the default one first."""
    found: PoolId | None = await connection.fetchval(
        """select p.id from ip_pools p
           where p.kind = 'shared' and p.stream = 'transactional'
             and exists (select from ips i where i.pool_id = p.id and i.node_id = $1 and i.status <> 'released')
           order by p.is_default desc, p.id limit 1""",
        node_id,
    )
    return found


async def pools(connection: Connection, most: int) -> list[Pool]:
    """List pools with what they have, those that cannot send first."""
    return [Pool(**row) for row in await connection.fetch(_POOLS, most)]


async def upsert_ips(
    connection: Connection, node_id: NodeId, ids: Sequence[UUID], tenures: Sequence[UUID], ips: Sequence[NewIp]
) -> int:
    """Put addresses on a node; gives how many are there now, fewer than asked for if others have some."""
    columns = ([getattr(ip, name) for ip in ips] for name in ("stream", "address", "hostname", "status"))
    return len(await connection.fetch(_UPSERT_IPS, node_id, ids, *columns, tenures))


async def ips_of(connection: Connection, node_ids: Sequence[NodeId]) -> list[Ip]:
    """List the nodes' addresses, but for those that were given up."""
    rows = await connection.fetch(
        _IPS + " where node_id = any ($1) and status <> 'released' order by address", node_ids
    )
    return [Ip(**row) for row in rows]


async def known_addresses(connection: Connection, source_ips: Sequence[str]) -> set[str]:
    """Find which of these addresses are or were the fleet's."""
    rows = await connection.fetch(
        "select host(address) as address from ips where address = any ($1::inet[])", source_ips
    )
    return {row["address"] for row in rows}


async def sending(connection: Connection, tenant_ids: Sequence[UUID], most: int) -> list[asyncpg.Record]:
    """List addresses that mail of these tenants leaves from, each tenant's own or else the shared (fleet role)."""
    return await connection.fetch(
        """select p.tenant_id, host(i.address) as address, i.hostname
           from ip_pools p cross join lateral (
             select address, hostname from ips where pool_id = p.id and status in ('warming', 'active')
             order by address limit $2
           ) i
           where p.tenant_id is null or p.tenant_id = any ($1)""",
        tenant_ids,
        most,
    )
