"""The SQL of each move (fleet role, but for the switch)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.moves.schemas import MoveStatus

_MOVES = """
select m.tenant_id, m.id, m.batch_id, m.mailbox_id, m.address, m.source_id, m.target_id, m.status, m.number, m.asked_at,
  m.due_at, m.passes, m.is_ready, m.tries, m.finals, m.problem, m.waits_for, m.messages, m.size_bytes, m.created_at,
  m.began_at, m.switched_at, m.ended_at, m.kept_until, b.target_id is not null as target_given,
  b.paused_at is not null as is_paused,
  (select x.node_id from mailboxes x where x.tenant_id = m.tenant_id and x.id = m.mailbox_id) as mailbox_at,
  exists (select from node_items i where i.node_id = m.source_id and i.kind = 'mailbox' and i.key = m.address
          and i.tenant_id = m.tenant_id and i.payload is not null) as in_force
from moves m join move_batches b on b.id = m.batch_id"""

_FIRST_WAITING = """
where m.id in (
  select found.id from (select distinct source_id, target_id from moves where status = 'waiting') pair
  cross join lateral (
    select w.id from moves w join move_batches x on x.id = w.batch_id
    where w.status = 'waiting' and w.source_id = pair.source_id and w.target_id is not distinct from pair.target_id
      and x.paused_at is null
    order by w.id limit $1
  ) found
) order by m.id"""

_SAVE = """
update moves set target_id = $2, status = $3, number = $4, asked_at = $5, due_at = $6, passes = $7, is_ready = $8,
  tries = $9, finals = $10, problem = $11, waits_for = $12, messages = $13, size_bytes = $14, began_at = $15,
  ended_at = $16
where id = $1"""


class MoveRow(msgspec.Struct, frozen=True, kw_only=True):
    """A move as it is stored, with what there is to know of its batch and its mailbox."""

    tenant_id: TenantId
    id: UUID
    batch_id: UUID
    mailbox_id: UUID
    address: str
    source_id: NodeId
    target_id: NodeId | None
    status: MoveStatus
    number: int
    asked_at: datetime | None
    due_at: datetime | None
    passes: int
    is_ready: bool
    tries: int
    finals: int
    problem: str
    waits_for: str
    messages: int
    size_bytes: int
    created_at: datetime
    began_at: datetime | None
    switched_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None
    target_given: bool
    is_paused: bool
    mailbox_at: NodeId | None
    in_force: bool


async def find(connection: Connection, move_id: UUID, *, lock: bool = False) -> MoveRow | None:
    """Find a move, and keep others from changing it meanwhile."""
    row = await connection.fetchrow(_MOVES + " where m.id = $1" + " for update of m" * lock, move_id)
    return None if row is None else MoveRow(**row)


async def page(
    connection: Connection,
    after: UUID | None,
    limit: int,
    *,
    statuses: Collection[str] | None = None,
    batch_id: UUID | None = None,
    tenant_id: UUID | None = None,
    node_id: UUID | None = None,
) -> list[MoveRow]:
    """List moves, newest first."""
    rows = await connection.fetch(
        f"""{_MOVES} where ($1::uuid is null or m.id < $1) and ($3::text[] is null or m.status = any ($3))
            and ($4::uuid is null or m.batch_id = $4) and ($5::uuid is null or m.tenant_id = $5)
            and ($6::uuid is null or $6 in (m.source_id, m.target_id))
            order by m.id desc limit $2""",
        after,
        limit,
        None if statuses is None else list(statuses),
        batch_id,
        tenant_id,
        node_id,
    )
    return [MoveRow(**row) for row in rows]


async def under_way(connection: Connection) -> list[MoveRow]:
    """List the moves that nodes know of."""
    rows = await connection.fetch(_MOVES + " where m.status in ('copying', 'final') order by m.id")
    return [MoveRow(**row) for row in rows]


async def first_waiting(connection: Connection, most: int) -> list[MoveRow]:
    """List the moves whose turn is next, some for each two nodes, oldest first."""
    return [MoveRow(**row) for row in await connection.fetch(_MOVES + _FIRST_WAITING, most)]


async def of_batch(connection: Connection, batch_id: UUID, statuses: Collection[str]) -> list[UUID]:
    """List a batch's moves in some states."""
    rows = await connection.fetch(
        "select id from moves where batch_id = $1 and status = any ($2) order by id", batch_id, list(statuses)
    )
    return [row["id"] for row in rows]


async def save(connection: Connection, row: MoveRow) -> None:
    """Store a changed move."""
    await connection.execute(
        _SAVE,
        row.id,
        row.target_id,
        row.status,
        row.number,
        row.asked_at,
        row.due_at,
        row.passes,
        row.is_ready,
        row.tries,
        row.finals,
        row.problem,
        row.waits_for,
        row.messages,
        row.size_bytes,
        row.began_at,
        row.ended_at,
    )


async def mark_switched(
    connection: Connection, move_id: UUID, number: int, messages: int, size_bytes: int, now: datetime, kept: datetime
) -> bool:
    """Note that a mailbox of the bound tenant is elsewhere (app role); no unless its last pass is the one awaited."""
    marked = await connection.fetchval(
        """update moves set status = 'switched', switched_at = $4, kept_until = $5, asked_at = null, problem = '',
             messages = $6, size_bytes = $7
           where tenant_id = $1 and id = $2 and status = 'final' and number = $3 returning true""",
        bound_tenant(),
        move_id,
        number,
        now,
        kept,
        messages,
        size_bytes,
    )
    return marked is not None


async def switched(connection: Connection, most: int) -> list[MoveRow]:
    """List moves of which some node may not have heard that they are over."""
    rows = await connection.fetch(_MOVES + " where m.status = 'switched' order by m.switched_at limit $1", most)
    return [MoveRow(**row) for row in rows]


async def finish(connection: Connection, move_id: UUID, now: datetime) -> None:
    """Note that a move is over."""
    await connection.execute(
        "update moves set status = 'done', ended_at = $2 where id = $1 and status = 'switched'", move_id, now
    )


async def with_old_copy(connection: Connection, now: datetime, most: int) -> list[MoveRow]:
    """List moves whose source need not keep its copy any more."""
    rows = await connection.fetch(_MOVES + " where m.kept_until <= $1 order by m.kept_until limit $2", now, most)
    return [MoveRow(**row) for row in rows]


async def forget_old_copy(connection: Connection, move_id: UUID) -> bool:
    """Note that a source was told to keep its copy no longer; no if another was quicker."""
    noted = await connection.fetchval(
        "update moves set kept_until = null where id = $1 and kept_until is not null returning true", move_id
    )
    return noted is not None


async def system_uid(connection: Connection, tenant_id: UUID) -> int:
    """Give the uid that owns a tenant's stored mail."""
    uid: int = await connection.fetchval("select system_uid from tenants where id = $1", tenant_id)
    return uid


async def abort_waiting(connection: Connection, batch_id: UUID, problem: str, now: datetime) -> int:
    """Abort what of a batch has not begun; gives how many."""
    aborted = await connection.fetch(
        """update moves set status = 'aborted', problem = $2, waits_for = '', due_at = null, ended_at = $3
           where batch_id = $1 and status = 'waiting' returning true""",
        batch_id,
        problem,
        now,
    )
    return len(aborted)


async def forget(connection: Connection, before: datetime) -> None:
    """Forget moves that are long over, and batches of which nothing is left."""
    await connection.execute("delete from moves where ended_at < $1 and kept_until is null", before)
    await connection.execute(
        """delete from move_batches b where b.created_at < $1
           and not exists (select from moves m where m.batch_id = b.id)""",
        before,
    )
