"""The SQL of files and of what uses them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.blobs import StoredBlob
from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_REGISTER = """
insert into blobs (tenant_id, id, size, sha256, sealed_key, forget_at)
select b.*, $6
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[]) as b
"""
# In the order of their ids: who sends the same files again at the same time waits, and never both for each other.
_USE = """
with locked as (
  select id from blobs where tenant_id = $1 and id = any ($3) order by id for no key update
), kept as (
  update blobs b set forget_at = null from locked where b.tenant_id = $1 and b.id = locked.id returning b.id
)
insert into blob_uses (tenant_id, used_by, blob_id)
select $1, u.used_by, u.blob_id from unnest($2::uuid[], $3::uuid[]) as u (used_by, blob_id)
join kept on kept.id = u.blob_id
returning true
"""
_END_USE = """
delete from blob_uses u using unnest($1::uuid[], $2::uuid[]) as ended (tenant_id, used_by)
where u.tenant_id = ended.tenant_id and u.used_by = ended.used_by returning u.tenant_id, u.blob_id
"""
_FORGET_UNUSED = """
update blobs b set forget_at = $3 from unnest($1::uuid[], $2::uuid[]) as f (tenant_id, id)
where b.tenant_id = f.tenant_id and b.id = f.id
  and not exists (select from blob_uses u where u.tenant_id = b.tenant_id and u.blob_id = b.id)
"""
_DUE = """
select tenant_id, id from blobs where forget_at <= $1 order by forget_at limit $2 for update skip locked
"""
_KEEP_USED = """
update blobs b set forget_at = null from unnest($1::uuid[], $2::uuid[]) as due (tenant_id, id)
where b.tenant_id = due.tenant_id and b.id = due.id
  and exists (select from blob_uses u where u.tenant_id = b.tenant_id and u.blob_id = b.id)
returning b.tenant_id, b.id
"""
_DROP = """
delete from blobs b using unnest($1::uuid[], $2::uuid[]) as gone (tenant_id, id)
where b.tenant_id = gone.tenant_id and b.id = gone.id
"""
_COLUMNS = "b.tenant_id, b.id, b.size, b.sha256, b.sealed_key"
_FIND = f"select {_COLUMNS} from blobs b where b.tenant_id = $1 and b.id = any ($2)"  # noqa: S608 our own columns
_PAGE = f"select {_COLUMNS} from blobs b where b.tenant_id = $1 and b.id > $2 order by b.id limit $3"  # noqa: S608
_OFFERED = f"""
select {_COLUMNS} from blob_uses u join blobs b on b.tenant_id = u.tenant_id and b.id = u.blob_id
where u.tenant_id = $1 and u.used_by = $2 and u.blob_id = $3
  and exists (select from deliveries d where d.tenant_id = $1 and d.message_id = $2 and d.id >= $5 and d.id < $6
              and d.node_id = $4 and d.lease_id is not null and d.status = 'accepted')
"""  # noqa: S608 our own columns

Key = tuple[UUID, UUID]


async def register(connection: Connection, blobs: Sequence[StoredBlob], forget_at: datetime) -> None:
    """Note files that are about to be written (fleet role)."""
    await connection.execute(
        _REGISTER,
        [blob.tenant_id for blob in blobs],
        [blob.id for blob in blobs],
        [blob.size for blob in blobs],
        [blob.sha256 for blob in blobs],
        [blob.sealed_key for blob in blobs],
        forget_at,
    )


async def use(connection: Connection, tenant_id: UUID, uses: Sequence[Key]) -> int:
    """Note what uses which file, and keep these; gives how many of them there are (app role)."""
    users, blobs = [user for user, _ in uses], [blob_id for _, blob_id in uses]
    return len(await connection.fetch(_USE, tenant_id, users, blobs))


async def end_use(connection: Connection, users: Sequence[Key], forget_at: datetime) -> None:
    """Note that something uses its files no more (fleet role)."""
    ended = await connection.fetch(_END_USE, *_columns(users))
    if ended:
        await connection.execute(
            _FORGET_UNUSED, *_columns([(row["tenant_id"], row["blob_id"]) for row in ended]), forget_at
        )


async def due(connection: Connection, now: datetime, most: int) -> list[Key]:
    """Lock files whose time is over, the longest ago first (fleet role)."""
    return [(row["tenant_id"], row["id"]) for row in await connection.fetch(_DUE, now, most)]


async def keep_used(connection: Connection, keys: Sequence[Key]) -> list[Key]:
    """Keep those that something came to use; gives these (fleet role)."""
    return [(row["tenant_id"], row["id"]) for row in await connection.fetch(_KEEP_USED, *_columns(keys))]


async def drop(connection: Connection, keys: Sequence[Key]) -> None:
    """Know files no more (fleet role)."""
    await connection.execute(_DROP, *_columns(keys))


async def find(connection: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, StoredBlob]:
    """Find a tenant's files."""
    return {row["id"]: StoredBlob(*row.values()) for row in await connection.fetch(_FIND, tenant_id, ids)}


async def page(connection: Connection, tenant_id: UUID, after: UUID, limit: int) -> list[StoredBlob]:
    """List a tenant's files in the order of their ids."""
    return [StoredBlob(*row.values()) for row in await connection.fetch(_PAGE, tenant_id, after, limit)]


async def offered(
    connection: Connection, node_id: NodeId, tenant_id: UUID, message_id: UUID, blob_id: UUID
) -> StoredBlob | None:
    """Find a file of a message of which the node has a delivery that it has yet to queue (fleet role)."""
    first = UUID(int=message_id.int >> 80 << 80)  # deliveries are of their message's millisecond
    last = UUID(int=(message_id.int >> 80) + 1 << 80)
    row = await connection.fetchrow(_OFFERED, tenant_id, message_id, blob_id, node_id, first, last)
    return None if row is None else StoredBlob(*row.values())


def _columns(keys: Sequence[Key]) -> tuple[list[UUID], list[UUID]]:
    return [first for first, _ in keys], [second for _, second in keys]
