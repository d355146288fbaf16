"""What a suspension does to the queue and the nodes, after it was committed; safe to be killed and to run twice.

Waiting deliveries are held, logins to mailboxes and submission end; mail is still received. It is done at once, and
again a few seconds later: what was being written while the state changed is caught the second time.
"""

from datetime import timedelta

from control_plane.accounts.service.keys import smtp
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.mailboxes import service as mailboxes
from control_plane.nodes import service as nodes
from control_plane.tenants import service

_AT_ONCE = 2000
_LATE = timedelta(seconds=5)
"""Longer than a key is remembered, and than a request that began before takes."""


async def settle(db: Database, clock: Clock) -> None:
    """Bring queue and nodes in line for every tenant whose state has changed."""
    for tenant_id in await service.unsettled(db):
        await settle_one(db, clock, tenant_id)


async def settle_one(db: Database, clock: Clock, tenant_id: TenantId) -> None:
    """Bring queue and nodes in line with a tenant's state."""
    began = clock.now()
    while await _move_some(db, tenant_id):
        pass
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await nodes.hold_still(tx, tenant_id)
            await mailboxes.publish_all(tx)
            await smtp.publish_all(tx)
    async with db.fleet_tx() as tx:
        await service.mark_settled(tx, tenant_id, began - _LATE)


async def _move_some(db: Database, tenant_id: TenantId) -> bool:
    """Hold or free some deliveries, as the state at this moment wants it; says whether there may be more."""
    async with db.fleet_tx() as tx:
        status = await service.status_held(tx, tenant_id)
        if status is None:
            return False
        change = deliveries.hold_suspended if status == "suspended" else deliveries.free_suspended
        return await change(tx, tenant_id, _AT_ONCE) == _AT_ONCE
