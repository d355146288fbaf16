"""Acts to be logged, by whoever is asked for."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import asyncpg
import pytest

from control_plane import settings as settings_module
from control_plane.audit import service as audit
from control_plane.audit.service import Verdict
from control_plane.core.actor import SYSTEM, Actor, acting_as
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

ODD = {
    "name": 'Ann "x" \\ \n\t\x01\x1f\x7f é 漢字 😀 \u2028',
    "b": 1,
    "aa": [1.5, 10**20, None, True, {"z": 1, "a": {}}],
}
"""What JSON can be written in more than one way for."""

DoSomething = Callable[..., Awaitable[None]]


@pytest.fixture
def do_something(db: Database) -> DoSomething:
    """Do something that is logged: `await do_something(tenant, "lamps.switch_on", actor)`."""

    async def do(tenant: Tenant, action: str = "lamps.switch_on", actor: Actor = SYSTEM) -> None:
        with acting_for(tenant.id), acting_as(actor):
            async with db.tenant_tx() as tx:
                audit.record(tx, action, "lmp_1", before={"on": False}, after={"on": True, **ODD})

    return do


async def verdict(db: Database, tenant: Tenant) -> Verdict:
    """Verify a tenant's log."""
    [found] = [each async for each in audit.verify(db, tenant.id)]
    return found


@pytest.fixture
async def owner(servers: dict[str, str]) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    """The database as who owns it and may switch its walls off, for tampering."""
    connection = await asyncpg.connect(settings_module.owner_url(servers))
    yield connection
    await connection.close()
