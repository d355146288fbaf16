"""A tenant with a key of each mode, and a clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.accounts.keys import create_key
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

SIMULATOR = "simulator.fleetpost.test"


class Moved:
    """A clock, ahead of the application's: what is accepted in a test was accepted before."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC) + timedelta(minutes=1)

    def now(self) -> datetime:
        """Give the time."""
        return self._now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
async def test_key(tenant: Tenant, db: Database) -> Tenant:
    """The same tenant, with a test key that may do everything."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            key = await create_key(tx, tenant.id, "tests", ("*",), "test")
    return Tenant(tenant.id, key.token)
