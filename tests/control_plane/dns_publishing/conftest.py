"""A real name server that a tenant has connected, and a domain in its zone."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.control_plane.dns_zone.knot import KEY, ZONE, Knot, prepared

DOMAIN = f"shop.{ZONE}"


@pytest.fixture
def knot(tmp_path: Path) -> Generator[Knot]:
    """The provider: a name server that may be updated with a key."""
    with prepared(tmp_path) as server:
        server.start()
        yield server


def credentials(knot: Knot, key: str = KEY) -> dict[str, str]:
    """What a tenant would fill in."""
    name, algorithm, secret = key.split(":")
    return {"server": f"127.0.0.1@{knot.port}", "key_name": name, "algorithm": algorithm, "key": secret}


@pytest.fixture
async def shop(db: Database, tenant: Tenant) -> AsyncGenerator[str]:
    """A domain of the tenant in the provider's zone, not proven yet; gives its public id."""
    domain_id = ids.new_uuid()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "insert into mail_domains (tenant_id, id, name, ownership_token) values ($1, $2, $3, 'abc')",
                tenant.id,
                domain_id,
                DOMAIN,
            )
    yield ids.encode("dom", domain_id)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("delete from mail_domains where id = $1", domain_id)


@pytest.fixture
def looking(runtime: Runtime, knot: Knot) -> Runtime:
    """The application's parts, which ask that name server what is in DNS."""
    settings = msgspec.structs.replace(runtime.settings, nameservers=(f"127.0.0.1@{knot.port}",))
    return msgspec.structs.replace(runtime, settings=settings)
