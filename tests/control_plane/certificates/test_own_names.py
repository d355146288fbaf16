"""Names below no mail domain: agencies' host names, the platform's and the nodes', and only those that lead to us."""

import secrets
from collections.abc import AsyncGenerator

import msgspec
import pytest

from control_plane.agencies.schemas import BrandChange
from control_plane.agencies.service import brands
from control_plane.certificates import service
from control_plane.certificates.queries import tenants
from control_plane.certificates.service import Means, own_names
from control_plane.certificates.service.own_names import OwnName
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.dns_client import Answer
from control_plane.mail_domains.resolver import FixedResolver, Resolver
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.certificates.doing import work
from tests.control_plane.certificates.world_dns import WorldDns
from tests.control_plane.conftest import FleetNode, MakeNode

SITES, PAGES, ELSEWHERE = "192.0.2.1", "192.0.2.2", "198.51.100.1"
SITE_HOST, PAGE_HOST = "sites.fleetpost.test", "fleetpost.test"
FRONT: dict[tuple[str, str], list[str] | Answer] = {(SITE_HOST, "A"): [SITES], (PAGE_HOST, "A"): [PAGES]}
SILENT = Answer(problem="no answer")


class Branded(msgspec.Struct, frozen=True):
    """An agency with a proven host name."""

    owner: Tenant
    host: str


@pytest.fixture
async def agency(db: Database, means: Means, make_tenant: MakeTenant) -> Branded:
    """An agency whose host name is proven."""
    made = Branded(await make_tenant("agency"), f"mail-{secrets.token_hex(5)}.test")
    with acting_for(made.owner.id):
        await brands.change(db, means.runtime.settings, BrandChange(name="A", host=made.host))
    await prove(db, made, proven=True)
    return made


@pytest.fixture
async def platform(db: Database, operator: Tenant) -> AsyncGenerator[Tenant]:
    """The operator who runs the platform."""
    async with db.fleet_tx() as tx:
        root = await tenants.root_operator(tx.connection)
    assert root is not None
    yield Tenant(root, operator.key)
    with acting_for(root):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("delete from certificates")


async def prove(db: Database, agency: Branded, *, proven: bool) -> None:
    """Let an agency's host name be proven, or not any more."""
    with acting_for(agency.owner.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update brands set host_proven_at = case when $1 then now() end", proven)


def seen_by(means: Means, resolver: Resolver, **changes: str) -> Means:
    """Look with this DNS and these settings, the platform's own names wanted too."""
    acme = msgspec.structs.replace(means.runtime.settings.acme, own_names=True)
    settings = msgspec.structs.replace(means.runtime.settings, acme=acme, **({"site_host": SITE_HOST} | changes))
    return msgspec.structs.replace(
        means, resolver=resolver, runtime=msgspec.structs.replace(means.runtime, settings=settings)
    )


async def find(means: Means, owner: Tenant) -> dict[str, OwnName]:
    """Find an owner's names."""
    with acting_for(owner.id):
        return await own_names.find(means)


async def service_address(db: Database, node: FleetNode) -> str:
    """Find where a node is reached."""
    async with db.fleet_tx() as tx:
        return str(await tx.connection.fetchval("select host(service_address) from nodes where id = $1", node.id))


# --- Agencies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published", "leads"),
    [
        ({("HOST", "A"): [SITES]}, True),
        ({("HOST", "CNAME"): [SITE_HOST]}, True),
        ({("HOST", "CNAME"): [PAGE_HOST]}, True),
        ({("HOST", "A"): [ELSEWHERE]}, False),
        ({("HOST", "A"): [SITES, ELSEWHERE]}, False),
        ({("HOST", "A"): [SITES], ("HOST", "AAAA"): ["2001:db8::1"]}, False),
        ({}, False),
        ({("HOST", "A"): [SITES], ("HOST", "AAAA"): SILENT}, None),
        ({("HOST", "A"): SILENT}, None),
        ({("HOST", "A"): [SITES], (SITE_HOST, "AAAA"): SILENT}, None),
    ],
)
async def test_an_agencys_host_name_is_wanted_where_all_its_addresses_are_the_fronts(
    means: Means, agency: Branded, published: dict[tuple[str, str], list[str] | Answer], leads: bool | None
) -> None:
    records = {(agency.host if name == "HOST" else name, kind): values for (name, kind), values in published.items()}
    found = await find(seen_by(means, FixedResolver(FRONT | records)), agency.owner)
    assert found == {agency.host: OwnName(place="front", leads_to_us=leads)}


async def test_a_front_that_is_nowhere_is_led_to_by_nobody(means: Means, agency: Branded) -> None:
    found = await find(seen_by(means, FixedResolver({})), agency.owner)
    assert found[agency.host].leads_to_us is False


async def test_a_host_name_without_proof_is_nobodys(means: Means, db: Database, agency: Branded) -> None:
    await prove(db, agency, proven=False)
    everywhere = FixedResolver(FRONT | {(agency.host, "A"): [SITES]})
    assert await find(seen_by(means, everywhere), agency.owner) == {}


async def test_an_agencys_host_name_gets_a_certificate_and_loses_it_with_its_proof(
    means: Means, db: Database, agency: Branded
) -> None:
    assert agency.owner.id in await service.tenants_to_look_at(means)
    row = (await work(means, agency.owner))[agency.host]
    assert (row.status, row.places, row.problem) == ("issued", ("front",), None)
    await prove(db, agency, proven=False)
    assert agency.owner.id in await service.tenants_to_look_at(means)
    assert await work(means, agency.owner) == {}


async def test_a_host_name_that_is_led_elsewhere_is_served_but_not_renewed_and_no_answer_is_no_news(
    means: Means, agency: Branded
) -> None:
    issued = (await work(means, agency.owner))[agency.host]
    silent = seen_by(means, FixedResolver(FRONT | {(agency.host, "A"): SILENT}))
    assert (await work(silent, agency.owner))[agency.host].next_attempt_at == issued.renew_at
    away = seen_by(means, FixedResolver(FRONT | {(agency.host, "A"): [ELSEWHERE]}))
    row = (await work(away, agency.owner))[agency.host]
    assert (row.is_served, row.next_attempt_at) == (True, None)
    assert "does not lead to us" in str(row.problem)


# --- The platform -----------------------------------------------------------------------------------------------------


async def test_the_fronts_names_are_the_platforms_once_they_are_in_dns(means: Means, platform: Tenant) -> None:
    found = await find(seen_by(means, FixedResolver(FRONT)), platform)
    assert found[SITE_HOST] == found[PAGE_HOST] == OwnName(place="front", leads_to_us=True)
    found = await find(seen_by(means, FixedResolver({(SITE_HOST, "A"): [SITES]})), platform)
    assert found[PAGE_HOST].leads_to_us is False


async def test_names_may_be_typed_as_people_write_them(means: Means, platform: Tenant) -> None:
    found = await find(seen_by(means, FixedResolver(FRONT), site_host="Sites.Fleetpost.TEST."), platform)
    assert found[SITE_HOST].leads_to_us is True


@pytest.mark.parametrize("host", ["localhost", "192.0.2.7", "[2001:db8::7]"])
async def test_what_is_no_public_name_is_not_wanted(means: Means, platform: Tenant, host: str) -> None:
    local = seen_by(means, FixedResolver({}), public_url=f"http://{host}:8080", site_host="")
    assert {name for name, each in (await find(local, platform)).items() if each.place == "front"} == set()


async def test_the_platforms_names_are_nobody_elses_and_may_be_left_to_the_operator(
    means: Means, platform: Tenant, tenant: Tenant
) -> None:
    assert await find(seen_by(means, FixedResolver(FRONT)), tenant) == {}
    assert await find(means, platform) == {}  # FLEETPOST_ACME_OWN_NAMES=no


async def test_a_nodes_name_is_wanted_where_it_leads_to_that_node(
    means: Means, db: Database, platform: Tenant, make_node: MakeNode
) -> None:
    right, wrong, sender = await make_node(), await make_node(), await make_node(roles=("outbound",))
    address = await service_address(db, right)
    resolver = FixedResolver({(f"{node.name}.fleetpost.test", "A"): [address] for node in (right, wrong, sender)})
    found = await find(seen_by(means, resolver), platform)
    assert found[f"{right.name}.fleetpost.test"] == OwnName(place="node", leads_to_us=True)
    assert found[f"{wrong.name}.fleetpost.test"] == OwnName(place="node", leads_to_us=False)
    assert f"{sender.name}.fleetpost.test" not in found


async def test_the_names_of_all_nodes_are_wanted_where_they_lead_to_nodes_only(
    means: Means, db: Database, platform: Tenant, make_node: MakeNode
) -> None:
    addresses = [await service_address(db, await make_node()) for _ in range(2)]
    hosts = {"mail_host": "mx.fleetpost.test", "client_host": "mail.fleetpost.test"}
    records = {(hosts["mail_host"], "A"): addresses, (hosts["client_host"], "A"): [*addresses, ELSEWHERE]}
    found = await find(seen_by(means, FixedResolver(records), **hosts), platform)
    assert found[hosts["mail_host"]] == OwnName(place="node", leads_to_us=True)
    assert found[hosts["client_host"]] == OwnName(place="node", leads_to_us=False)


@pytest.fixture
async def node_here(db: Database, world: WorldDns, make_node: MakeNode) -> AsyncGenerator[FleetNode]:
    """A node at the address that the authority asks at."""
    node = await make_node()
    address = await service_address(db, node)
    await place(db, node, "127.0.0.1")
    world.publish(hostname(node), "A", "127.0.0.1")
    yield node
    await place(db, node, address)


def hostname(node: FleetNode) -> str:
    """Name the host that a node is."""
    return f"{node.name}.fleetpost.test"


async def place(db: Database, node: FleetNode, address: str) -> None:
    """Let a node be reached at an address."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set service_address = $2 where id = $1", node.id, address)


async def retire(db: Database, node: FleetNode) -> None:
    """Let a node be no more."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'retired' where id = $1", node.id)


async def test_a_node_gets_the_certificate_for_its_own_name_until_it_is_retired(
    means: Means, db: Database, platform: Tenant, node_here: FleetNode
) -> None:
    own = seen_by(means, means.resolver, site_host="fleetpost.test")
    row = (await work(own, platform))[hostname(node_here)]
    assert (row.status, row.places, row.problem) == ("issued", ("node",), None)
    async with db.fleet_tx() as tx:
        keys = await tx.connection.fetch(
            "select key from node_items where node_id = $1 and kind = 'certificate' and payload is not null",
            node_here.id,
        )
    assert hostname(node_here) in [each["key"] for each in keys]
    await retire(db, node_here)
    assert hostname(node_here) not in await work(own, platform)


@pytest.mark.usefixtures("system_domain")
async def test_a_retired_nodes_certificate_goes_though_the_operator_has_proven_the_domain_above(
    means: Means, db: Database, platform: Tenant, node_here: FleetNode
) -> None:
    own = seen_by(means, means.resolver)
    assert hostname(node_here) in await work(own, platform)
    await retire(db, node_here)
    assert hostname(node_here) not in await work(own, platform)
