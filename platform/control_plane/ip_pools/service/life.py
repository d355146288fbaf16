"""Take an address from one state to the next: its node is told, the log keeps it, and its tenures are kept true.

`from control_plane.ip_pools.service import life`; all of it is the fleet role's, with the address's row locked.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.ip_pools.cool_down import Use, cools_until
from control_plane.ip_pools.errors import NotDrained, StepRefused
from control_plane.ip_pools.life import Step, after, steps_from
from control_plane.ip_pools.queries import ips as queries
from control_plane.ip_pools.queries import tenures
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.service import IP_PREFIX, PREFIX, channel
from control_plane.ip_pools.service.tell import tell
from control_plane.nodes import service as nodes

QuarantinedFor = Literal["listing", "rates", "operator"]

_WARMUP_JOB = "warmup.sweep"
"""Warm-up stands above this feature: it finds out for itself which addresses begin and end."""
_QUEUE_LIFETIME = timedelta(days=5, hours=1)
"""Postfix gives every mail up after 5 days: what is drained for so long is drained, whatever its node says."""
_SEEN_OFF = timedelta(minutes=2)
"""So long at least an address drains: what was assigned to it is on its way into the queue."""
_FRESH = timedelta(minutes=1)
"""So old at most is what a node says of its queue."""


async def locked(tx: Transaction, ip_id: UUID) -> IpRow:
    """Lock an address; raises `NotFound`."""
    row = await queries.lock(tx.connection, ip_id)
    if row is None:
        raise NotFound
    return row


async def take(
    tx: Transaction,
    row: IpRow,
    step: Step,
    clock: Clock,
    *,
    reason: str = "",
    quarantined_for: QuarantinedFor | None = None,
) -> IpRow:
    """Take a step with a locked address; raises `StepRefused`."""
    status = after(row.status, step, is_warm=row.warm_at is not None)
    if status is None:
        can = ", ".join(steps_from(row.status)) or "nothing"
        raise StepRefused(f"The address is {row.status}: what can be done now is {can}.")
    now = clock.now()
    changed = msgspec.structs.replace(
        row,
        status=status,
        status_since=now,
        reason=reason,
        quarantined_for=quarantined_for,
        warm_at=_warm_at(row, step, now),
    )
    await store(tx, row, changed, f"ips.{step}")
    return changed


async def store(tx: Transaction, before: IpRow, after_: IpRow, action: str) -> None:
    """Store a changed address, tell its node, and record what was done."""
    await queries.save(tx.connection, after_)
    await nodes.describe_again(tx, after_.node_id)
    if before.node_id != after_.node_id:
        await nodes.describe_again(tx, before.node_id)
    tx.outbox.signal(channel(after_.pool_id))
    if "warming" in (before.status, after_.status):
        tx.outbox.trigger(_WARMUP_JOB)
    audit.record_for_fleet(tx, action, encode(IP_PREFIX, after_.id), before=told(before), after=told(after_))


async def verified(tx: Transaction, ip_id: UUID, clock: Clock) -> None:
    """Let an address that is fit to send begin its warm-up."""
    row = await locked(tx, ip_id)
    if row.status == "provisioning":
        await take(tx, row, "verify", clock, reason="its records are in place, and its node has it")


async def warmed(tx: Transaction, ip_id: UUID, clock: Clock, *, reason: str = "its warm-up is over") -> bool:
    """Let a warming address take its full share, and tell; False if it is not being warmed up any more."""
    row = await locked(tx, ip_id)
    if row.status != "warming":
        return False
    changed = await take(tx, row, "warm", clock, reason=reason)
    await tell(tx, "ip.warmed", changed, {"reason": reason}, clock.now())
    return True


async def cool_again(tx: Transaction, ip_id: UUID, clock: Clock, *, reason: str) -> bool:
    """Have an active address warmed up again, as after a long rest; False if it is not active."""
    row = await locked(tx, ip_id)
    if row.status != "active":
        return False
    await take(tx, row, "rewarm", clock, reason=reason)
    return True


async def quarantine(
    tx: Transaction, row: IpRow, clock: Clock, *, reason: str, why: QuarantinedFor = "operator"
) -> IpRow:
    """Send nothing more by a locked address, because of what was sent by it."""
    await tenures.mark_burnt(tx.connection, row.id)
    return await take(tx, row, "quarantine", clock, reason=reason, quarantined_for=why)


async def release(
    tx: Transaction, row: IpRow, clock: Clock, *, reason: str = "", even_undrained: bool = False
) -> IpRow:
    """Give a locked address up; raises `StepRefused`, `NotDrained`. It cools down before others get it."""
    now = clock.now()
    if after(row.status, "release") and not even_undrained and not is_drained(row, now):
        raise NotDrained
    until = cools_until(await use_of(tx, row), now, row.cool_until)
    await tenures.end(tx.connection, row.id, now)
    return await take(
        tx, msgspec.structs.replace(row, cool_until=until, standby=False), "release", clock, reason=reason
    )


async def use_of(tx: Transaction, row: IpRow) -> Use:
    """Say how an address was used by who has it, or had it last."""
    found = await tenures.latest(tx.connection, row.id, 1)
    sent, burnt = (found[0]["sent"], found[0]["burnt"]) if found else (0, False)
    return Use(owner=row.owner, sent=sent, burnt=burnt or row.status == "quarantined")


async def begin_tenure(tx: Transaction, row: IpRow, now: datetime) -> None:
    """Note that an address has come into its pool."""
    await tenures.begin(tx.connection, new_uuid(), row.id, row.pool_id, now)


def is_drained(row: IpRow, now: datetime) -> bool:
    """Say whether no mail can be left that leaves by an address."""
    if row.status == "provisioning" or row.node_status == "retired":
        return True
    resting = now - row.status_since
    said_of_late = row.last_seen_at is not None and now - row.last_seen_at < _FRESH
    return resting > _QUEUE_LIFETIME or (resting > _SEEN_OFF and said_of_late and row.queued == 0)


def told(row: IpRow) -> dict[str, object]:
    """Give what the audit log compares."""
    return {
        "address": row.address,
        "pool_id": encode(PREFIX, row.pool_id),
        "node_id": encode("nod", row.node_id),
        "hostname": row.hostname,
        "status": row.status,
        "reason": row.reason,
        "weight": row.weight,
        "standby": row.standby,
        "cooling_until": None if row.cool_until is None else row.cool_until.isoformat(),
    }


def _warm_at(row: IpRow, step: Step, now: datetime) -> datetime | None:
    """Say since when an address is warm after a step."""
    if step == "warm":
        return row.warm_at or now
    return None if step in ("quarantine", "rewarm", "reuse", "release") else row.warm_at
