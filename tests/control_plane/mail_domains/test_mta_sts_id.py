"""The record that announces a domain's MTA-STS policy changes with the policy."""

import httpx
import msgspec

from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import checkup, service
from control_plane.mail_domains.queries import due
from control_plane.mail_domains.schemas import Domain
from control_plane.mail_domains.service.looking import needs_of
from tests.conftest import Tenant
from tests.control_plane.mail_domains.test_domains import add, some_name


async def announced(client: httpx.AsyncClient, tenant: Tenant, domain: Domain) -> str:
    """Read what is to be published."""
    answer = await client.get(f"/v1/domains/{domain.id}", headers=tenant.headers)
    records = msgspec.json.decode(answer.content, type=Domain).records
    return next(record.value for record in records if record.purpose == "mta_sts")


async def test_the_announcement_names_the_policy_that_is_served(client: httpx.AsyncClient, tenant: Tenant) -> None:
    domain = await add(client, tenant, some_name())
    path = f"/v1/domains/{domain.id}/mta-sts"
    before = (await client.get(path, headers=tenant.headers)).json()["policy_id"]
    assert await announced(client, tenant, domain) == f"v=STSv1; id={before}"
    after = (await client.patch(path, headers=tenant.headers, json={"mode": "enforce"})).json()["policy_id"]
    assert after != before
    assert await announced(client, tenant, domain) == f"v=STSv1; id={after}"


async def test_a_check_by_the_fleet_knows_what_each_tenant_chose(
    client: httpx.AsyncClient, tenant: Tenant, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    path = f"/v1/domains/{domain.id}/mta-sts"
    chosen = (await client.patch(path, headers=tenant.headers, json={"max_age_seconds": 172_800})).json()["policy_id"]
    async with runtime.db.fleet_tx() as tx:
        [found] = await due.load(tx.connection, [decode("dom", domain.id)])
    assert needs_of(found.row, [], checkup.platform_of(runtime.settings)).mta_sts_id == chosen


async def test_after_a_change_dns_is_looked_at_soon(
    client: httpx.AsyncClient, tenant: Tenant, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            later = "update mail_domains set next_check_at = now() + interval '1 day' where id = $1"
            await tx.connection.execute(later, decode("dom", domain.id))
    await client.patch(f"/v1/domains/{domain.id}/mta-sts", headers=tenant.headers, json={"mode": "none"})
    with acting_for(tenant.id):
        found = await service.get(runtime.db, runtime.settings, decode("dom", domain.id))
    assert found.next_check_at is not None
    assert found.next_check_at <= runtime.clock.now()
