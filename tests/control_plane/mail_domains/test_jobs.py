"""The sweep of due checks, against a real, if small, DNS server."""

import httpx
import msgspec

from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import jobs
from control_plane.mail_domains.schemas import Domain
from tests.conftest import Tenant
from tests.control_plane.mail_domains.small_dns import serving
from tests.control_plane.mail_domains.test_domains import add, some_name


async def make_due(runtime: Runtime, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set next_check_at = now() - interval '1 hour'")


async def spoil_keys(runtime: Runtime, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update dkim_keys set private_key = ''")


async def test_a_domain_that_cannot_be_checked_holds_up_no_other(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, stranger: Tenant
) -> None:
    broken, fine = await add(client, tenant, some_name()), await add(client, stranger, some_name())
    await spoil_keys(runtime, tenant)
    for owner in (tenant, stranger):
        await make_due(runtime, owner)
    proofs: dict[tuple[str, str], list[str]] = {}
    for record in (broken.records[0], fine.records[0]):
        proofs[f"{record.host}.", record.type] = [f'"{record.value}"']
    async with serving(proofs) as nameserver:
        settings = msgspec.structs.replace(runtime.settings, nameservers=(nameserver,))
        await jobs.check_due(msgspec.structs.replace(runtime, settings=settings))
    found = await client.get(f"/v1/domains/{fine.id}", headers=stranger.headers)
    assert msgspec.json.decode(found.content, type=Domain).proven_at is not None
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            is_due = await tx.connection.fetchval(
                "select next_check_at <= now() from mail_domains where id = $1", decode("dom", broken.id)
            )
    assert not is_due, "it is not tried again and again"
