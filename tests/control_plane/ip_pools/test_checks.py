"""New addresses are looked at in DNS, at a real if small server, and begin their warm-up when they are fit."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.ip_pools import readiness
from control_plane.ip_pools.service import checks
from control_plane.mail_domains.resolver import Answer, DnsResolver
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.ip_pools.conftest import AddIp, MakePool, PutInto, uuid_of
from tests.control_plane.mail_domains.small_dns import Zone, serving


def zone_for(ip: dict[str, str], pointer: str | None = None) -> Zone:
    hostname = f"{ip['hostname']}."
    return {
        (f"{readiness.reverse_name(ip['address'])}.", "PTR"): [pointer or hostname],
        (hostname, "A"): [ip["address"]],
    }


async def say_bound(db: Database, node: FleetNode, address: str, *, bound: bool) -> None:
    async with db.fleet_tx() as tx:
        said = json.dumps({"addresses": {address: bound}})
        await tx.connection.execute("update nodes set heartbeat = $2::jsonb where id = $1", node.id, said)


async def checked(runtime: Runtime, ip: dict[str, str], zone: Zone) -> tuple[str, dict[str, str]]:
    """Check an address; gives its state, and each finding's."""
    async with serving(zone) as server:
        await checks.check(checks.Means(runtime.db, DnsResolver([server]), runtime.clock), uuid_of(ip["id"]))
    async with runtime.db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select status, findings from ips where id = $1", uuid_of(ip["id"]))
    assert row is not None
    return row["status"], {each["what"]: each["status"] for each in json.loads(row["findings"])}


async def test_an_address_that_is_fit_begins_its_warm_up(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp
) -> None:
    ip = await add_ip(await make_pool())
    await say_bound(runtime.db, node, ip["address"], bound=True)
    found = await checked(runtime, ip, zone_for(ip))
    assert found == ("warming", {"ptr": "ok", "forward": "ok", "bound": "ok"})


async def test_an_address_that_its_host_has_not_waits(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp
) -> None:
    ip = await add_ip(await make_pool())
    status, findings = await checked(runtime, ip, zone_for(ip))
    assert (status, findings["bound"]) == ("provisioning", "unknown")
    await say_bound(runtime.db, node, ip["address"], bound=False)
    status, findings = await checked(runtime, ip, zone_for(ip))
    assert (status, findings["bound"]) == ("provisioning", "missing")


async def test_an_address_with_anothers_name_waits(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp
) -> None:
    ip = await add_ip(await make_pool())
    await say_bound(runtime.db, node, ip["address"], bound=True)
    status, findings = await checked(runtime, ip, zone_for(ip, "host7.isp.test."))
    assert (status, findings["ptr"]) == ("provisioning", "wrong")


async def test_a_resolvers_bad_hour_does_not_stop_an_address_that_sends(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp, put_into: PutInto
) -> None:
    ip = await add_ip(await make_pool(), hostname="out.broken.test")
    await put_into(ip["id"], "active")
    status, findings = await checked(runtime, ip, {})
    assert (status, findings["forward"]) == ("active", "unknown")


async def test_addresses_are_looked_at_again_and_again(runtime: Runtime, make_pool: MakePool, add_ip: AddIp) -> None:
    ip = await add_ip(await make_pool())
    async with serving({}) as server:
        await checks.check(checks.Means(runtime.db, DnsResolver([server]), runtime.clock), uuid_of(ip["id"]))
    async with runtime.db.fleet_tx() as tx:
        pause = await tx.connection.fetchval(
            "select next_check_at - checked_at from ips where id = $1", uuid_of(ip["id"])
        )
    assert pause == timedelta(seconds=30)


class Renaming:
    """Asks a real resolver, and has the address renamed before the answer is there."""

    def __init__(self, server: str, rename: Callable[[], Awaitable[object]]) -> None:
        self._resolver = DnsResolver([server])
        self._rename = rename

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        answer = await self._resolver.lookup(name, record_type, unchecked=unchecked)
        if record_type == "A":
            await self._rename()
        return answer


async def test_an_address_that_is_renamed_while_it_is_looked_at_is_not_passed_under_its_old_name(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp, client: httpx.AsyncClient, operator: Tenant
) -> None:
    ip = await add_ip(await make_pool())
    await say_bound(runtime.db, node, ip["address"], bound=True)

    async def rename() -> None:
        body = {"hostname": "other.fleetpost.test"}
        assert (await client.patch(f"/v1/ips/{ip['id']}", json=body, headers=operator.headers)).status_code == 200

    async with serving(zone_for(ip)) as server:
        means = checks.Means(runtime.db, Renaming(server, rename), runtime.clock)
        await checks.check(means, uuid_of(ip["id"]))
    shown = (await client.get(f"/v1/ips/{ip['id']}", headers=operator.headers)).json()
    assert (shown["status"], shown["findings"]) == ("provisioning", [])
