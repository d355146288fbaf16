"""Suspend tenants and resume them, with what follows for all below them.

`own_status` is what was decided for a tenant, `status` the worst of its own and all above. So resuming an agency wakes
only those that were not suspended by themselves.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.tenants.queries import tree
from control_plane.tenants.queries.clients import ClientRow
from control_plane.tenants.schemas import Client, Status, StatusChange
from control_plane.tenants.service.clients import PREFIX, found, view
from control_plane.webhooks import service as webhooks

SETTLE_JOB = "tenants.settle"
_EVENTS: Mapping[Status, str] = {
    "active": "tenant.resumed",
    "throttled": "tenant.throttled",
    "suspended": "tenant.suspended",
}


async def suspend_client(db: Database, clock: Clock, client_id: UUID, reason: str) -> Client:
    """Suspend a client and all below it; suspended already, only the reason changes. Raises `NotFound`."""
    return await _decide(db, clock, client_id, "suspended", reason)


async def resume_client(db: Database, clock: Clock, client_id: UUID) -> Client:
    """Take back a client's own suspension; what is above it may still keep it suspended. Raises `NotFound`."""
    return await _decide(db, clock, client_id, "active", None)


async def _decide(db: Database, clock: Clock, client_id: UUID, status: Status, reason: str | None) -> Client:
    async with db.fleet_tx() as tx:
        await tree.lock(tx.connection)
        before = await found(tx, client_id)
        await tree.set_own_status(tx.connection, client_id, status, reason)
        await apply(tx, clock, client_id)
        after = await found(tx, client_id)
        verb = "suspend" if status == "suspended" else "resume"
        target = ids.encode(PREFIX, client_id)
        audit.record(tx, f"clients.{verb}", target, before=_told(before), after=_told(after), tenant_id=client_id)
    return view(after)


def _told(row: ClientRow) -> dict[str, object]:
    return {"status": row.own_status, "reason": row.suspended_reason}


async def apply(tx: Transaction, clock: Clock, root_id: UUID, why: Mapping[str, object] | None = None) -> None:
    """Bring the states in force of a branch up to date, tell of it, and have nodes and queue follow (fleet role).

    `why` is told with the event of the branch's root.
    """
    changed = await tree.recompute(tx.connection, root_id, clock.now())
    if changed:
        tx.outbox.trigger(SETTLE_JOB)
        await _tell(tx, clock, changed, {root_id: why or {}})


async def _tell(
    tx: Transaction, clock: Clock, changed: Sequence[StatusChange], why: Mapping[UUID, Mapping[str, object]]
) -> None:
    """Store the events and send them to the tenants' webhooks."""
    tenant_ids = [change.tenant_id for change in changed]
    event_ids = [ids.new_uuid() for _ in changed]
    types = [_EVENTS[change.after] for change in changed]
    data = [
        msgspec.json.encode({"status": change.after, **why.get(change.tenant_id, {})}).decode() for change in changed
    ]
    await tree.insert_events(tx.connection, tenant_ids, event_ids, types, clock.now(), data)
    await webhooks.fan_out(tx, tenant_ids, event_ids, types)
