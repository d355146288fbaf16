"""Measures on mail, for tests of pages."""

from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service
from control_plane.enforcement.schemas import NewAppeal, NewMeasure, Scope, Step
from tests.conftest import Tenant


async def measure(db: Database, tenant: Tenant, step: Step, stream: Scope = "broadcast") -> None:
    """Put a step in force."""
    wanted = NewMeasure(stream=stream, step=step, reason="Too many addresses of a bought list")
    await service.choose(db, SystemClock(), tenant.id, wanted)


async def appeal(db: Database, tenant: Tenant) -> str:
    """Appeal against it; gives the appeal's id."""
    new = NewAppeal(
        cause="An old list from a trade fair was imported by mistake.",
        changed="The list is deleted, and imports need two people now.",
    )
    with acting_for(tenant.id):
        return (await service.appeal(db, SystemClock(), new)).id
