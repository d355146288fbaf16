"""A proven domain with its public id."""

import pytest

from control_plane.core import ids
from control_plane.core.database import Database


@pytest.fixture
async def domain_id(domain: str, db: Database) -> str:
    """The public id of `domain`."""
    async with db.fleet_tx() as tx:
        return ids.encode("dom", await tx.connection.fetchval("select id from mail_domains where name = $1", domain))
