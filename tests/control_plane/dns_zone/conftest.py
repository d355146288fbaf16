"""A zone of our own on a real name server, and a runtime that writes it."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from tests.control_plane.dns_zone.knot import Knot, prepared


@pytest.fixture
def knot(tmp_path: Path) -> Generator[Knot]:
    """A name server that lets us write and transfer the zone."""
    with prepared(tmp_path) as server:
        server.start()
        yield server


@pytest.fixture
async def zoned(runtime: Runtime, knot: Knot, db: Database) -> AsyncGenerator[Runtime]:
    """The application's parts with that zone, which nothing is wished of yet."""
    settings = msgspec.structs.replace(
        runtime.settings, zone=knot.settings(), reports_domain="reports.dns.fleetpost.test"
    )
    yield msgspec.structs.replace(runtime, settings=settings)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from zone_records")
        await tx.connection.execute("delete from zone_changes")
