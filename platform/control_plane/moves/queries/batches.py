"""The SQL of asking for moves, and of how far what was asked for is (fleet role)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.moves.schemas import MoveKind

_BATCHES = """
select b.id, b.kind, b.name, b.target_id, b.skipped, b.paused_at, b.created_at, c.* from move_batches b
cross join lateral (
  select count(*) as mailboxes,
    count(*) filter (where m.status in ('switched', 'done')) as arrived,
    count(*) filter (where m.status = 'failed') as failed,
    count(*) filter (where m.status = 'aborted') as aborted,
    count(*) filter (where m.status in ('copying', 'final')) as under_way,
    coalesce(sum(m.size_bytes) filter (where m.status in ('switched', 'done')), 0) as bytes_moved,
    min(m.began_at) as began_at, max(coalesce(m.switched_at, m.ended_at)) as ended_at
  from moves m where m.batch_id = b.id
) c"""

_WANTED: dict[MoveKind, str] = {
    "mailbox": "m.tenant_id = $1 and m.id = $2",
    "domain": "m.tenant_id = $1 and m.domain_id = $2",
    "tenant": "m.tenant_id = $1 and $2::uuid is null",
    "node": "m.node_id = $2 and $1::uuid is null",
}

_INSERT = """
with wanted as (
  select m.tenant_id, m.id, m.address, m.node_id from mailboxes m
  where {wanted} and ($3::uuid is null or m.node_id <> $3)
), made as (
  insert into moves (tenant_id, id, batch_id, mailbox_id, address, source_id, target_id, created_at)
  select tenant_id, new_uuid(), $4, id, address, node_id, $3, $5 from wanted order by tenant_id, id
  on conflict (tenant_id, mailbox_id) where status in ('waiting', 'copying', 'final') do nothing
  returning true
)
select (select count(*) from wanted) as wanted, (select count(*) from made) as made"""


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """A batch with its moves counted."""

    id: UUID
    kind: MoveKind
    name: str
    target_id: UUID | None
    skipped: int
    paused_at: datetime | None
    created_at: datetime
    mailboxes: int
    arrived: int
    failed: int
    aborted: int
    under_way: int
    bytes_moved: int
    began_at: datetime | None
    ended_at: datetime | None


class Wanted(msgspec.Struct, frozen=True):
    """What was named, as it is found."""

    name: str
    tenant_id: UUID | None
    id: UUID | None
    """Of the mailbox, domain or node."""


async def find_mailbox(connection: Connection, address: str, mailbox_id: UUID | None) -> Wanted | None:
    """Find a mailbox by its id, or by its address; of two, the one whose tenant has proven the domain."""
    row = await connection.fetchrow(
        """select m.address as name, m.tenant_id, m.id from mailboxes m
           join mail_domains d on d.tenant_id = m.tenant_id and d.id = m.domain_id
           where case when $2::uuid is null then m.address = $1 else m.id = $2 end
           order by d.proven_at is null, m.id limit 1""",
        address,
        mailbox_id,
    )
    return None if row is None else Wanted(**row)


async def find_domain(connection: Connection, name: str) -> Wanted | None:
    """Find a domain by its name; of several, the one that is proven."""
    row = await connection.fetchrow(
        "select name, tenant_id, id from mail_domains where name = $1 order by proven_at is null, id limit 1", name
    )
    return None if row is None else Wanted(**row)


async def find_tenant(connection: Connection, slug: str, tenant_id: UUID | None) -> Wanted | None:
    """Find a tenant by its id or its slug."""
    row = await connection.fetchrow(
        """select slug as name, id as tenant_id, null::uuid as id from tenants
           where case when $2::uuid is null then slug = $1 else id = $2 end""",
        slug,
        tenant_id,
    )
    return None if row is None else Wanted(**row)


async def insert(
    connection: Connection, batch_id: UUID, kind: MoveKind, name: str, target_id: UUID | None, now: datetime
) -> None:
    """Store a batch without moves."""
    await connection.execute(
        "insert into move_batches (id, kind, name, target_id, created_at) values ($1, $2, $3, $4, $5)",
        batch_id,
        kind,
        name,
        target_id,
        now,
    )


async def insert_moves(
    connection: Connection, batch_id: UUID, kind: MoveKind, wanted: Wanted, target_id: UUID | None, now: datetime
) -> tuple[int, int]:
    """Store a move for each mailbox; gives how many mailboxes are elsewhere, and how many were not on their way yet."""
    statement = _INSERT.format(wanted=_WANTED[kind])
    row = await connection.fetchrow(statement, wanted.tenant_id, wanted.id, target_id, batch_id, now)
    assert row is not None
    await connection.execute(
        "update move_batches set skipped = $2 where id = $1", batch_id, row["wanted"] - row["made"]
    )
    return row["wanted"], row["made"]


async def find(connection: Connection, batch_id: UUID, *, lock: bool = False) -> BatchRow | None:
    """Find a batch, and keep others from changing it meanwhile."""
    if lock:
        await connection.execute("select from move_batches where id = $1 for update", batch_id)
    row = await connection.fetchrow(_BATCHES + " where b.id = $1", batch_id)
    return None if row is None else _batch(row)


async def page(connection: Connection, after: UUID | None, limit: int) -> list[BatchRow]:
    """List batches, newest first."""
    rows = await connection.fetch(
        _BATCHES + " where $1::uuid is null or b.id < $1 order by b.id desc limit $2", after, limit
    )
    return [_batch(row) for row in rows]


async def pause(connection: Connection, batch_id: UUID, paused_at: datetime | None) -> None:
    """Pause a batch, or let it go on."""
    await connection.execute("update move_batches set paused_at = $2 where id = $1", batch_id, paused_at)


def _batch(row: Any) -> BatchRow:
    return BatchRow(**{**row, "bytes_moved": int(row["bytes_moved"])})
