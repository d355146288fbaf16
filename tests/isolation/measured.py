"""Measures on the mail of somebody, and their appeal, for what no operation of the operator's makes."""

import secrets

from control_plane.core import ids
from control_plane.core.actor import SYSTEM, acting_as
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service
from control_plane.enforcement.schemas import NewAppeal, NewMeasure
from control_plane.tenants import service as tenants
from tests.isolation.places import Place


async def tenant(db: Database, _: Place) -> str:
    """Pause a stream of a new tenant; gives the tenant's id."""
    return ids.encode("ten", await _paused(db))


async def appeal(db: Database, _: Place) -> str:
    """Have a new tenant appeal against a pause; gives the appeal's id."""
    text = "It was an old list, which is deleted."
    with acting_for(await _paused(db)), acting_as(SYSTEM):
        return (await service.appeal(db, SystemClock(), NewAppeal(cause=text, changed=text))).id


async def _paused(db: Database) -> TenantId:
    slug = f"measured-{secrets.token_hex(6)}"
    async with db.fleet_tx() as tx:
        tenant_id = await tenants.create(tx, tenants.NewTenant(kind="client", name=slug, slug=slug))
    wanted = NewMeasure(stream="broadcast", step="paused", reason="A test")
    with acting_as(SYSTEM):
        await service.choose(db, SystemClock(), tenant_id, wanted)
    return tenant_id
