"""What operators see of moves (fleet role)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.moves.queries import batches, moves
from control_plane.moves.queries import fleet as nodes_of
from control_plane.moves.queries.batches import BatchRow
from control_plane.moves.queries.moves import MoveRow
from control_plane.moves.schemas import BatchStatus, MailboxMove, MoveBatch, MoveStatus, NodeName
from control_plane.moves.service.steps import BATCH_PREFIX, PREFIX


async def move(tx: Transaction, move_id: UUID) -> MailboxMove:
    """Give a move; raises `NotFound`."""
    row = await moves.find(tx.connection, move_id)
    if row is None:
        raise NotFound
    return _move(row, await _names(tx, [row.source_id, row.target_id]))


async def list_moves(
    tx: Transaction,
    after: UUID | None,
    limit: int,
    *,
    status: MoveStatus | None = None,
    batch_id: UUID | None = None,
    tenant_id: UUID | None = None,
    node_id: UUID | None = None,
) -> Page[MailboxMove]:
    """List moves, newest first."""
    rows = await moves.page(
        tx.connection,
        after,
        limit + 1,
        statuses=None if status is None else [status],
        batch_id=batch_id,
        tenant_id=tenant_id,
        node_id=node_id,
    )
    names = await _names(tx, [each for row in rows for each in (row.source_id, row.target_id)])
    shown = tuple([_move(row, names) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def batch(tx: Transaction, clock: Clock, batch_id: UUID) -> MoveBatch:
    """Give a batch with its progress; raises `NotFound`."""
    row = await batches.find(tx.connection, batch_id)
    if row is None:
        raise NotFound
    return _batch(row, await _names(tx, [row.target_id]), clock.now())


async def list_batches(tx: Transaction, clock: Clock, after: UUID | None, limit: int) -> Page[MoveBatch]:
    """List batches, newest first."""
    rows = await batches.page(tx.connection, after, limit + 1)
    names = await _names(tx, [row.target_id for row in rows])
    shown = tuple([_batch(row, names, clock.now()) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


def seconds_left(row: BatchRow, now: datetime) -> int | None:
    """Guess how long the rest takes, if it goes on as it went; None where nobody can know."""
    left = row.mailboxes - row.arrived - row.failed - row.aborted
    if not left or row.paused_at is not None or row.began_at is None or not row.arrived:
        return 0 if not left else None
    return round((now - row.began_at).total_seconds() / row.arrived * left)


def bytes_per_second(row: BatchRow, now: datetime) -> int | None:
    """Say how quickly what has arrived came; None before anything has."""
    if row.began_at is None or not row.arrived:
        return None
    until = row.ended_at if _is_over(row) and row.ended_at is not None else now
    return round(row.bytes_moved / max((until - row.began_at).total_seconds(), 1.0))


def _status(row: BatchRow) -> BatchStatus:
    if _is_over(row):
        return "failed" if row.failed else "done"
    return "running" if row.paused_at is None else "paused"


def _is_over(row: BatchRow) -> bool:
    return row.arrived + row.failed + row.aborted >= row.mailboxes


async def _names(tx: Transaction, ids: Iterable[UUID | None]) -> dict[UUID, NodeName]:
    wanted = {node_id for node_id in ids if node_id is not None}
    known = await nodes_of.nodes_of(tx.connection, wanted, counted=False) if wanted else []
    return {node.id: NodeName(encode("nod", node.id), node.name) for node in known}


def _move(row: MoveRow, names: Mapping[UUID, NodeName]) -> MailboxMove:
    return MailboxMove(
        id=encode(PREFIX, row.id),
        batch_id=encode(BATCH_PREFIX, row.batch_id),
        tenant_id=encode("ten", row.tenant_id),
        mailbox_id=encode("mbx", row.mailbox_id),
        address=row.address,
        source=names[row.source_id],
        target=None if row.target_id is None else names[row.target_id],
        status=row.status,
        passes=row.passes,
        messages=row.messages,
        size_bytes=row.size_bytes,
        problem=row.problem,
        waits_for=row.waits_for,
        created_at=row.created_at,
        began_at=row.began_at,
        switched_at=row.switched_at,
        ended_at=row.ended_at,
        old_copy_until=row.kept_until,
    )


def _batch(row: BatchRow, names: Mapping[UUID, NodeName], now: datetime) -> MoveBatch:
    return MoveBatch(
        id=encode(BATCH_PREFIX, row.id),
        kind=row.kind,
        name=row.name,
        to=None if row.target_id is None else names[row.target_id],
        status=_status(row),
        mailboxes=row.mailboxes,
        arrived=row.arrived,
        failed=row.failed,
        aborted=row.aborted,
        under_way=row.under_way,
        skipped=row.skipped,
        bytes_moved=min(row.bytes_moved, 2**53),
        bytes_per_second=bytes_per_second(row, now),
        seconds_left=seconds_left(row, now),
        created_at=row.created_at,
        paused_at=row.paused_at,
        ended_at=row.ended_at if _is_over(row) else None,
    )
