"""Whole rounds with the real resolver, at a real if small server of lists: what is found, told and done."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.resolver import DnsResolver
from control_plane.reputation.lists import Blocklist, Meaning
from control_plane.reputation.queries.subjects import SubjectRow
from control_plane.reputation.reading import question
from control_plane.reputation.service import Means, Scanner, look_up, look_up_due, take_stock
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.ip_pools.conftest import AddIp, MakePool, PutInto, uuid_of
from tests.control_plane.mail_domains.small_dns import serving

BAD = Blocklist(
    name="bad",
    title="The Bad List",
    zone="bad.test",
    what="ip",
    families=(4, 6),
    meanings={"127.0.0.2": Meaning("spam", "quarantine")},
    delisting_url="https://bad.test/",
)
DOMAINS = Blocklist(
    name="names",
    title="Names",
    zone="names.test",
    what="domain",
    meanings={"127.0.0.2": Meaning("spam", "quarantine")},
    listed_entry="test",
    clean_entry="invalid",
    delisting_url="https://names.test/",
)
SILENT = Blocklist(name="silent", title="Silent", zone="silent.test", what="ip", delisting_url="https://silent.test/")

Entries = dict[tuple[str, str], list[str]]
LookUp = Callable[..., Awaitable[None]]


class World:
    """A server of lists, a clock, and what looks things up."""

    def __init__(self, db: Database, server: str, entries: Entries) -> None:
        self.db, self.entries = db, entries
        self.clock = FixedClock(datetime.now(UTC))
        self._server = server

    @property
    def means(self) -> Means:
        """A new round's means: whether lists work is found out anew."""
        resolver = DnsResolver([self._server], lookup_seconds=0.2)
        return Means(self.db, Scanner(resolver, (BAD, DOMAINS, SILENT)), self.clock, chance=lambda: 0.5)

    def list_it(self, subject: str, blocklist: Blocklist = BAD) -> None:
        """Put something onto a list."""
        self.entries[f"{question(blocklist, subject)}.", "A"] = ["127.0.0.2"]

    def clear(self, subject: str, blocklist: Blocklist = BAD) -> None:
        """Take it off."""
        del self.entries[f"{question(blocklist, subject)}.", "A"]

    async def look(self, subject: str, *, times: int = 1, what: Any = "ip") -> None:
        """Look something up so many times, eleven minutes apart."""
        async with self.db.fleet_tx() as tx:
            await tx.connection.execute(
                """insert into blocklist_subjects (subject, what, tenant_id, next_look_at)
                   values ($1, 'ip', null, now() + interval '1 day') on conflict do nothing""",
                subject,
            )
        for _ in range(times):
            await look_up(self.means, SubjectRow(subject=subject, what=what, tenant_id=None))
            self.clock.move(timedelta(minutes=11))

    async def states(self, subject: str) -> dict[str, str]:
        """Say how something stands with each list."""
        async with self.db.fleet_tx() as tx:
            rows = await tx.connection.fetch("select list, state from blocklist_standings where subject = $1", subject)
        return {row["list"]: row["state"] for row in rows}

    async def status(self, ip: dict[str, Any]) -> tuple[str, bool]:
        """Say in which state an address is, and whether it stands by."""
        async with self.db.fleet_tx() as tx:
            row = await tx.connection.fetchrow("select status, standby from ips where id = $1", uuid_of(ip["id"]))
        assert row is not None
        return row["status"], row["standby"]

    async def told(self, ip: dict[str, Any]) -> list[str]:
        """List what was told of an address, and to how many."""
        async with self.db.fleet_tx() as tx:
            rows = await tx.connection.fetch(
                "select type from events where data ->> 'address' = $1 and type like 'ip.%' order by id", ip["address"]
            )
        return [row["type"] for row in rows]


@pytest.fixture
async def world(db: Database) -> AsyncGenerator[World]:
    entries: Entries = {("names.test.", "NS"): ["ns.names.test."]}
    async with serving(entries) as server:
        found = World(db, server, entries)
        found.list_it("127.0.0.2")
        found.list_it("::ffff:127.0.0.2")
        found.list_it("test", DOMAINS)
        yield found


@pytest.fixture
def make_active(make_pool: MakePool, add_ip: AddIp, put_into: PutInto) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Make an active address: `await make_active(pool, standby=True)`."""

    async def make(pool_id: str, **more: object) -> dict[str, Any]:
        ip = await add_ip(pool_id, **more)
        await put_into(ip["id"], "active")
        return ip

    return make


MakeActive = Callable[..., Awaitable[dict[str, Any]]]


async def test_a_listed_address_is_quarantined_and_a_standby_one_takes_over(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    system_domain: object,
) -> None:
    pool = await make_pool()
    ip, spare = await make_active(pool), await make_active(pool, standby=True)
    world.list_it(ip["address"])
    await world.look(ip["address"])
    assert (await world.status(ip), await world.told(ip)) == (("active", False), [])  # one look is no proof
    await world.look(ip["address"])
    assert await world.states(ip["address"]) == {"bad": "listed", "silent": "unknown"}
    assert (await world.status(ip))[0] == "quarantined"
    assert await world.status(spare) == ("active", False)
    assert await world.told(ip) == ["ip.listed"]


async def test_the_last_address_of_a_pool_goes_on_and_everybody_is_told(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    system_domain: object,
) -> None:
    ip = await make_active(await make_pool())
    world.list_it(ip["address"])
    await world.look(ip["address"], times=3)
    assert (await world.status(ip))[0] == "active"
    assert await world.told(ip) == ["ip.listed"]


async def test_the_tenant_whose_own_address_it_is_is_told_too(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    tenant: Tenant,
    system_domain: object,
) -> None:
    ip = await make_active(await make_pool(tenant))
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    assert await world.told(ip) == ["ip.listed", "ip.listed"]


async def test_an_address_that_is_cleared_is_warmed_up_again(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    system_domain: object,
) -> None:
    pool = await make_pool()
    ip, _ = await make_active(pool), await make_active(pool)
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    assert (await world.status(ip))[0] == "quarantined"
    world.clear(ip["address"])
    await world.look(ip["address"])
    assert (await world.status(ip))[0] == "warming"
    assert await world.told(ip) == ["ip.listed", "ip.cleared"]


async def test_what_an_operator_quarantined_stays_so_when_a_list_clears_it(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    put_into: PutInto,
) -> None:
    ip = await make_active(await make_pool())
    await put_into(ip["id"], "quarantined")
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    world.clear(ip["address"])
    await world.look(ip["address"])
    assert (await world.status(ip))[0] == "quarantined"


async def test_a_list_that_lost_its_test_entry_clears_nobody(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
) -> None:
    pool = await make_pool()
    ip, _ = await make_active(pool), await make_active(pool)
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    world.clear(ip["address"])
    world.clear("127.0.0.2")
    await world.look(ip["address"])
    assert (await world.states(ip["address"]))["bad"] == "listed"


async def test_ipv6_addresses_are_looked_up_as_well(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
) -> None:
    pool, address = await make_pool(), f"2001:db8::{secrets.token_hex(2)}"
    ip, _ = await make_active(pool, address=address), await make_active(pool)
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    assert await world.states(ip["address"]) == {"bad": "listed"}


async def test_addresses_and_proven_domains_are_found_and_forgotten_by_themselves(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    tenant: Tenant,
    make_domain: MakeDomain,
) -> None:
    ip, domain = await make_active(await make_pool()), await make_domain(tenant)

    async def known() -> set[str]:
        async with world.db.fleet_tx() as tx:
            rows = await tx.connection.fetch(
                "select subject from blocklist_subjects where subject = any ($1)", [ip["address"], domain]
            )
        return {row["subject"] for row in rows}

    await take_stock(world.means)
    assert await known() == {ip["address"], domain}
    world.list_it(domain, DOMAINS)
    for _ in range(2):
        world.clock.move(timedelta(days=2))
        while await look_up_due(world.means):
            pass
    assert (await world.states(domain))["names"] == "listed"
    async with world.db.fleet_tx() as tx:
        await tx.connection.execute("update ips set status = 'released' where id = $1", uuid_of(ip["id"]))
    with acting_for(tenant.id):
        async with world.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null where name = $1", domain)
    await take_stock(world.means)
    assert await known() == set()


async def test_operators_see_the_reputation_and_note_what_they_did(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    client: httpx.AsyncClient,
    operator: Tenant,
) -> None:
    ip = await make_active(await make_pool())
    path = f"/v1/ips/{ip['id']}/reputation"
    refused = await client.post(f"{path}/delisting", json={"blocklist": "bad"}, headers=operator.headers)
    assert refused.status_code == 422
    world.list_it(ip["address"])
    await world.look(ip["address"], times=2)
    async with world.db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into ip_daily (ip_id, day, provider, sent, delivered, bounced)
               values ($1, current_date, 'yahoo', 200, 150, 50)""",
            uuid_of(ip["id"]),
        )
    await client.post(f"{path}/delisting", json={"blocklist": "bad"}, headers=operator.headers)
    seen = (await client.get(path, headers=operator.headers)).json()
    assert [(each["blocklist"], each["state"]) for each in seen["lists"]] == [("bad", "listed"), ("silent", "unknown")]
    assert seen["lists"][0]["delisting_asked_at"]
    assert [change["state"] for change in seen["changes"]] == ["listed", "suspected"]
    assert seen["rates"][0]["bounce_rate"] == 0.25
    assert seen["advice"][0]["action"] == "quarantine"
    listed = (await client.get("/v1/reputation/listings", headers=operator.headers)).json()["data"]
    assert ip["address"] in {each["subject"] for each in listed}
    assert (await client.post(f"{path}/look-up", headers=operator.headers)).status_code == 202


async def test_many_addresses_of_a_pool_can_be_listed_at_once(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    system_domain: object,
) -> None:
    pool = await make_pool()
    ips = [await make_active(pool) for _ in range(6)]
    for ip in ips:
        world.list_it(ip["address"])
        await world.look(ip["address"])
    await asyncio.gather(*(world.look(ip["address"]) for ip in ips))
    states = sorted([(await world.status(ip))[0] for ip in ips])
    assert states == ["active", *["quarantined"] * 5], "the last one goes on"


async def test_addresses_of_pools_across_the_same_nodes_can_be_listed_at_once(
    world: World,
    make_pool: MakePool,
    make_active: MakeActive,
    make_node: MakeNode,
    system_domain: object,
) -> None:
    there, back = await make_node(), await make_node()
    ips = []
    for place in range(8):
        own, spare = (there, back) if place % 2 else (back, there)
        pool = await make_pool()
        ips.append(await make_active(pool, node_id=own.public_id))
        await make_active(pool, node_id=spare.public_id, standby=True)
    for ip in ips:
        world.list_it(ip["address"])
        await world.look(ip["address"])
    await asyncio.gather(*(world.look(ip["address"]) for ip in ips))
    assert {(await world.status(ip))[0] for ip in ips} == {"quarantined"}
