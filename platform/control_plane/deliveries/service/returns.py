"""What a node took and cannot send goes to others of its pool at once, and to the same one when its time has come.

What every open node of the pool gave back is set aside until the first of them can take it, for a minute at the most:
then it is looked at again, since nodes and addresses come and go.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId
from control_plane.deliveries.queries import returns as queries
from control_plane.deliveries.queries.returns import GivenBack
from control_plane.deliveries.service.claims import PREFIX
from control_plane.deliveries.service.waiting import wait_again
from tenant_agent import wire

_log = structlog.get_logger()

_SOON = timedelta(seconds=30)
"""When a node is asked again that named no time."""
_LATEST = timedelta(days=2)
"""How far ahead a node may name one."""
_LOOKED_AT_AGAIN = timedelta(minutes=1)
_KEPT = timedelta(days=7)
_LONGEST_REASON = 500
_AT_ONCE = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def give_back(db: Database, node_id: NodeId, returned: Sequence[wire.Returned], clock: Clock) -> int:
    """Take deliveries from the node that gives them back, once however often it says so; gives how many.

    What it never took, took under another lease, or has queued, stays as it is.
    """
    now = clock.now()
    given = list(_readable(returned, now))
    if not given:
        return 0
    async with db.fleet_tx() as tx:
        freed = await queries.give_back(tx.connection, node_id, given, now)
        await _wait_or_park(tx, [row["tenant_id"] for row in freed], [row["id"] for row in freed], now)
        for row in freed:
            tx.outbox.signal(f"message:{ids.encode('msg', row['message_id'])}")
    reasons = Counter(each.reason for each in given)
    _log.info("deliveries were given back", action="deliveries.given_back", node_id=str(node_id), freed=len(freed),
              named=len(returned), reasons=dict(reasons.most_common(3)))  # fmt: skip
    return len(freed)


async def unpark(db: Database, clock: Clock) -> int:
    """Look again at what was set aside and is due; gives how many deliveries those were."""
    looked_at, due = 0, _AT_ONCE
    while due == _AT_ONCE:
        now = clock.now()
        async with db.fleet_tx() as tx:
            rows = await queries.parked(tx.connection, now, _AT_ONCE)
            await _wait_or_park(tx, [row["tenant_id"] for row in rows], [row["id"] for row in rows], now)
        due = len(rows)
        looked_at += due
    return looked_at


async def forget_returns(db: Database, clock: Clock) -> None:
    """Delete what was noted a week ago."""
    forgotten = _AT_ONCE
    while forgotten == _AT_ONCE:
        async with db.fleet_tx() as tx:
            forgotten = await queries.forget(tx.connection, clock.now() - _KEPT, _AT_ONCE)


async def _wait_or_park(
    tx: Transaction, tenant_ids: Sequence[UUID], delivery_ids: Sequence[UUID], now: datetime
) -> None:
    if delivery_ids:
        rows = await queries.park(tx.connection, tenant_ids, delivery_ids, now, now + _LOOKED_AT_AGAIN)
        await wait_again(tx, ((row["tenant_id"], row["pool_id"]) for row in rows if row["parked_until"] is None))


def _readable(returned: Iterable[wire.Returned], now: datetime) -> Iterable[GivenBack]:
    for each in returned:
        try:
            delivery_id, lease_id = ids.decode(PREFIX, each.delivery_id), UUID(each.lease_id)
        except ValueError:  # a `MalformedId` is one
            continue
        yield GivenBack(delivery_id, lease_id, _storable(each.reason), _not_before(each.not_before_ms, now))


def _not_before(at_ms: int, now: datetime) -> datetime:
    """Read when a node could take it; its clock may be wrong."""
    if at_ms <= 0:
        return now + _SOON
    try:
        named = _EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        return now + _LATEST
    return min(max(named, now + timedelta(seconds=1)), now + _LATEST)


def _storable(reason: str) -> str:
    return reason[:_LONGEST_REASON].replace("\0", "\N{REPLACEMENT CHARACTER}")
