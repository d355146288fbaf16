"""New addresses are looked at in DNS, at a real if small server, and begin their warm-up when they are fit."""

import json
from datetime import timedelta

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.ip_pools import readiness
from control_plane.ip_pools.service import checks
from control_plane.mail_domains.resolver import DnsResolver
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
