"""A proven domain with an address that reports come to, and mail to it."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.inbound.schemas import Taken
from control_plane.reports import service
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.reports.letters import NOW

REPORTS_DOMAIN = "reports.fleetpost.test"


class Reported(msgspec.Struct, frozen=True):
    """A domain that is reported on."""

    db: Database
    tenant: Tenant
    id: str
    name: str
    token: str

    async def takes(self, raw: bytes, prefix: str = "") -> Taken:
        """Mail something to its address."""
        return await service.take(self.db, f"{prefix}{self.token}@{REPORTS_DOMAIN}", raw, NOW)


MakeReported = Callable[[Tenant], Awaitable[Reported]]


@pytest.fixture
def make_reported(db: Database, make_domain: MakeDomain) -> MakeReported:
    """Make a domain with its address: `await make_reported(tenant)`."""

    async def make(tenant: Tenant) -> Reported:
        name = await make_domain(tenant, "acme")
        async with db.fleet_tx() as tx:
            row = await tx.connection.fetchrow("select id, report_token from mail_domains where name = $1", name)
        assert row is not None
        return Reported(db, tenant, encode("dom", row["id"]), name, row["report_token"])

    return make


@pytest.fixture
async def reported(tenant: Tenant, make_reported: MakeReported) -> Reported:
    """A domain of `tenant` that is reported on."""
    return await make_reported(tenant)
