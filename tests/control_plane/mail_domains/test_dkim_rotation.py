"""A rotation from its beginning to its end, on a real database, with DNS and time in the test's hand."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from control_plane.core.clock import FixedClock, SystemClock
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_zone.names import dkim_name
from control_plane.mail_domains import dkim, service
from control_plane.mail_domains.dkim_life import KEPT
from control_plane.mail_domains.dkim_schemas import DkimChange, DkimKeys
from control_plane.mail_domains.errors import NotProven, RotationUnderWay
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.service import Keeper, dkim_making
from control_plane.nodes import service as nodes
from control_plane.settings import ZoneSettings
from tenant_agent import wire
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

ZONE = "dns.fleetpost.test"


class World(msgspec.Struct):
    """A tenant's domain and all that its keys depend on."""

    means: Keeper
    tenant: Tenant
    domain_id: UUID
    name: str
    clock: FixedClock
    published: "Published"

    async def keys(self) -> DkimKeys:
        with acting_for(self.tenant.id):
            return await service.dkim_keys_of(self.means.db, self.means.settings, self.domain_id)

    async def lives(self) -> dict[str, str]:
        return {key.selector: key.status for key in (await self.keys()).keys if key.status != "retired"}

    async def rotate(self, *, compromised: bool = False) -> None:
        with acting_for(self.tenant.id):
            await service.rotate_dkim(self.means, self.domain_id, compromised=compromised)

    async def pass_time(self, by: timedelta = timedelta(seconds=90)) -> bool:
        """Let time pass, and the keys be kept."""
        self.clock.move(by)
        with acting_for(self.tenant.id):
            return await service.keep_if_due(self.means, self.domain_id)

    async def change(self, change: DkimChange) -> DkimKeys:
        with acting_for(self.tenant.id):
            return await service.change_dkim(self.means, self.domain_id, change)

    async def zone(self) -> dict[str, str]:
        """What our zone is to say of each selector."""
        with acting_for(self.tenant.id):
            async with self.means.db.tenant_tx() as tx:
                rows = await tx.connection.fetch("select name, content from zone_records")
        return {row["name"].partition(".")[0]: row["content"][0] for row in rows}

    async def private_keys(self) -> dict[str, bytes]:
        with acting_for(self.tenant.id):
            async with self.means.db.tenant_tx() as tx:
                rows = await tx.connection.fetch("select selector, status, private_key from dkim_keys")
        return {f"{row['selector']} {row['status']}": row["private_key"] for row in rows}


class Published:
    """DNS as the customer sees it: our zone behind CNAMEs, or what the customer publishes."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.delegated = {"fp1r", "fp2r", "fp1e", "fp2e"}
        self.by_hand: dict[str, str] = {}
        self.problem: str | None = None

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        assert self.world is not None
        selector = name.partition(".")[0]
        if self.problem is not None:
            return Answer(problem=self.problem)
        if selector in self.by_hand:
            return Answer((self.by_hand[selector],))
        found = (await self.world.zone()).get(selector) if selector in self.delegated else None
        return Answer(() if found is None else (found,))


@pytest.fixture
async def world(runtime: Runtime, tenant: Tenant, make_domain: MakeDomain) -> AsyncGenerator[World]:
    """A proven domain with its first keys, in an installation that has a zone."""
    name = await make_domain(tenant, "rotating")
    settings = msgspec.structs.replace(runtime.settings, zone=ZoneSettings(ZONE, "", ""))
    clock, published = FixedClock(SystemClock().now()), Published()
    means = Keeper(runtime.db, runtime.vault, settings, clock, published)
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            domain_id: UUID = await tx.connection.fetchval("select id from mail_domains where name = $1", name)
            await dkim_making.begin(tx, runtime.vault, settings, clock, domain_id, dkim.new_key_pairs())
            await service.begin_signing(tx, domain_id, clock.now())
    made = World(means, tenant, domain_id, name, clock, published)
    published.world = made
    yield made
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("delete from zone_changes")


FIRST = {"fp1r": "active", "fp1e": "active"}
UNDER_WAY = {**FIRST, "fp2r": "pending", "fp2e": "pending"}
SWAPPED = {"fp1r": "retiring", "fp1e": "retiring", "fp2r": "active", "fp2e": "active"}
SECOND = {"fp2r": "active", "fp2e": "active"}


async def test_a_delegated_rotation_needs_nothing_of_the_customer(world: World) -> None:
    assert await world.lives() == FIRST
    await world.rotate()
    assert await world.lives() == UNDER_WAY
    await world.pass_time(timedelta(seconds=2))  # seen for the first time
    assert await world.lives() == UNDER_WAY
    await world.pass_time(timedelta(seconds=61))
    assert await world.lives() == SWAPPED
    await world.pass_time(KEPT)
    assert await world.lives() == SECOND


async def test_the_zone_shows_every_living_key_and_says_so_of_empty_slots(world: World) -> None:
    zone = await world.zone()
    assert dkim.tag(zone["fp2r"], "p") == ""
    await world.rotate()
    zone = await world.zone()
    shown = {key.selector: dkim.tag(zone[key.selector], "p") == key.public_key for key in (await world.keys()).keys}
    assert shown == dict.fromkeys(UNDER_WAY, True)
    await world.pass_time(timedelta(seconds=2))
    await world.pass_time()
    await world.pass_time(KEPT)
    zone = await world.zone()
    assert [selector for selector, text in sorted(zone.items()) if dkim.tag(text, "p") == ""] == ["fp1e", "fp1r"]


async def test_a_private_key_is_erased_when_its_life_is_over(world: World) -> None:
    await world.rotate()
    await world.pass_time(timedelta(seconds=2))
    await world.pass_time()
    assert all((await world.private_keys()).values())
    await world.pass_time(KEPT)
    assert {state: bool(held) for state, held in (await world.private_keys()).items()} == {
        "fp1r retired": False,
        "fp1e retired": False,
        "fp2r active": True,
        "fp2e active": True,
    }


async def test_a_slot_is_used_again(world: World) -> None:
    for _ in range(2):
        await world.rotate()
        await world.pass_time(timedelta(seconds=2))
        await world.pass_time()
        await world.pass_time(KEPT)
    assert await world.lives() == FIRST


async def test_there_is_one_rotation_at_a_time(world: World) -> None:
    await world.rotate()
    for moment in (timedelta(0), timedelta(seconds=2), timedelta(seconds=90)):
        await world.pass_time(moment)
        with pytest.raises(RotationUnderWay):
            await world.rotate()
    await world.pass_time(KEPT)
    await world.rotate()


async def test_what_dns_does_not_show_never_signs(world: World) -> None:
    world.published.delegated = {"fp1r", "fp1e"}
    await world.rotate()
    for _ in range(5):
        await world.pass_time(timedelta(hours=2))
    assert await world.lives() == UNDER_WAY


async def test_silent_dns_changes_nothing(world: World) -> None:
    await world.rotate()
    world.published.problem = "SERVFAIL"
    await world.pass_time()
    await world.pass_time()
    assert await world.lives() == UNDER_WAY


async def test_a_key_that_the_nodes_lack_does_not_sign(world: World, make_node: MakeNode) -> None:
    node = await make_node(world.tenant)
    await world.rotate()
    await world.pass_time(timedelta(seconds=2))
    await world.pass_time()
    assert await world.lives() == UNDER_WAY
    await acknowledge(world, node)
    await world.pass_time()
    assert await world.lives() == SWAPPED


async def test_nodes_never_see_a_moment_without_a_signing_key(world: World, make_node: MakeNode) -> None:
    node = await make_node(world.tenant)
    await world.rotate()
    await world.pass_time(timedelta(seconds=2))
    before = await acknowledge(world, node)
    assert await signing(world, node, after=0) == {"fp1r": True, "fp1e": True, "fp2r": False, "fp2e": False}
    await world.pass_time()
    generations = await changes(world, node, after=before)
    assert [sorted(found) for found in generations.values()] == [["fp1e", "fp1r", "fp2e", "fp2r"]]  # all in one
    assert await signing(world, node, after=before) == {"fp1r": False, "fp1e": False, "fp2r": True, "fp2e": True}


async def test_keys_in_the_customers_hands_wait_for_the_customer(world: World) -> None:
    await world.change(DkimChange(mode="txt"))
    world.published.delegated = set()
    await world.rotate()
    await world.pass_time(timedelta(days=3))
    assert await world.lives() == UNDER_WAY
    for key in (await world.keys()).keys:
        world.published.by_hand[key.selector] = dkim.key_record(key.algorithm, key.public_key)
    await world.pass_time(timedelta(hours=2))
    assert await world.lives() == UNDER_WAY  # resolvers may remember for an hour that there was nothing
    await world.pass_time(timedelta(hours=2))
    assert await world.lives() == SWAPPED


async def test_in_an_emergency_the_keys_are_withdrawn_at_once(world: World) -> None:
    before = {key.selector: key.public_key for key in (await world.keys()).keys}
    await world.rotate(compromised=True)
    assert await world.lives() == {"fp2r": "pending", "fp2e": "pending"}
    zone = await world.zone()
    assert [dkim.tag(zone[selector], "p") for selector in before] == ["", ""]
    await world.pass_time(timedelta(seconds=2))
    assert await world.lives() == SECOND  # nothing else signs, so nothing is waited for


async def test_in_an_emergency_by_hand_mail_is_signed_until_there_is_another_key(world: World) -> None:
    await world.change(DkimChange(mode="txt"))
    world.published.delegated = set()
    await world.rotate(compromised=True)
    assert await world.lives() == UNDER_WAY
    for key in (await world.keys()).keys:
        world.published.by_hand[key.selector] = dkim.key_record(key.algorithm, key.public_key)
    await world.pass_time(timedelta(hours=2))
    assert await world.lives() == SECOND


async def test_an_emergency_during_a_rotation_goes_on_with_the_keys_that_wait(world: World) -> None:
    await world.rotate()
    waiting = {key.public_key for key in (await world.keys()).keys if key.status == "pending"}
    await world.rotate(compromised=True)
    await world.pass_time(timedelta(seconds=2))
    signing_now = {key.public_key for key in (await world.keys()).keys if key.status == "active"}
    assert signing_now == waiting


async def test_rotation_comes_by_itself_when_its_day_is_there(world: World) -> None:
    assert (await world.keys()).rotate_days == 180
    assert not await world.pass_time(timedelta(days=100))
    assert await world.pass_time(timedelta(days=100))
    await world.rotate()
    assert not await world.pass_time(timedelta(seconds=2))
    planned = (await world.keys()).next_rotation_at
    assert planned is not None
    assert planned > world.clock.now() + timedelta(days=150)


async def test_who_replaces_keys_by_hand_is_left_alone(world: World) -> None:
    changed = await world.change(DkimChange(rotate_days=None))
    assert changed.next_rotation_at is None
    await world.pass_time(timedelta(days=500))
    assert await world.lives() == FIRST


async def test_to_delegate_keys_is_a_rotation(world: World) -> None:
    await world.change(DkimChange(mode="txt"))
    await world.change(DkimChange(mode="cname"))
    assert await world.lives() == UNDER_WAY


async def test_an_unproven_domain_has_nothing_to_rotate(world: World) -> None:
    with acting_for(world.tenant.id):
        async with world.means.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null, status = 'pending'")
    with pytest.raises(NotProven):
        await world.rotate()


async def test_an_unproven_domain_is_not_looked_at_over_and_over(world: World) -> None:
    with acting_for(world.tenant.id):
        async with world.means.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null, status = 'failed'")
    await world.pass_time(timedelta(days=400))
    due = await service.due_for_keeping(world.means.db, world.clock)
    assert (world.tenant.id, world.domain_id) not in due


async def test_a_rotation_leaves_its_marks_in_the_log_and_no_secret(world: World) -> None:
    await world.rotate()
    await world.pass_time(timedelta(seconds=2))
    await world.pass_time()
    with acting_for(world.tenant.id):
        async with world.means.db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select action, changes::text as changes from audit_log order by seq")
    assert [row["action"] for row in rows][-2:] == ["domains.rotate_dkim", "domains.advance_dkim"]
    assert "PRIVATE" not in " ".join(row["changes"] or "" for row in rows)


async def test_a_strangers_keys_are_not_there(world: World, stranger: Tenant) -> None:
    with acting_for(stranger.id), pytest.raises(NotFound):
        await service.rotate_dkim(world.means, world.domain_id)


async def test_keys_lie_under_the_domains_own_name_in_the_zone(world: World) -> None:
    with acting_for(world.tenant.id):
        async with world.means.db.tenant_tx() as tx:
            names = await tx.connection.fetch("select name from zone_records order by name")
    expected = [dkim_name(world.domain_id, selector, ZONE) for selector in ("fp1e", "fp1r", "fp2e", "fp2r")]
    assert [f"{row['name']}.{ZONE}" for row in names] == expected


async def test_the_api_shows_keys_and_never_their_private_halves(world: World, client: httpx.AsyncClient) -> None:
    path = f"/v1/domains/{encode('dom', world.domain_id)}"
    answer = await client.get(f"{path}/dkim-keys", headers=world.tenant.headers)
    assert answer.status_code == 200
    assert "PRIVATE" not in answer.text
    assert {key["selector"] for key in answer.json()["keys"]} == {"fp1r", "fp1e"}
    begun = await client.post(f"{path}/dkim/rotate", json={}, headers=world.tenant.headers)
    assert begun.status_code == 202
    again = await client.post(f"{path}/dkim/rotate", json={}, headers=world.tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "dkim_rotation_under_way")


async def test_settings_of_keys_are_edited_by_who_has_seen_them(world: World, client: httpx.AsyncClient) -> None:
    path = f"/v1/domains/{encode('dom', world.domain_id)}/dkim-keys"
    etag = (await client.get(path, headers=world.tenant.headers)).headers["ETag"]
    headers = {**world.tenant.headers, "If-Match": etag}
    changed = await client.patch(path, json={"rotate_days": 90}, headers=headers)
    assert changed.json()["rotate_days"] == 90
    assert (await client.patch(path, json={"rotate_days": 60}, headers=headers)).status_code == 412
    assert (await client.patch(path, json={"rotate_days": 1}, headers=world.tenant.headers)).status_code == 422
    refused = await client.patch(path, json={"mode": "cname"}, headers=world.tenant.headers)
    assert refused.status_code == 422  # the application of the tests has no zone


async def acknowledge(world: World, node: FleetNode) -> int:
    """Have the node apply all that is desired; gives the generation."""
    generation = await nodes.desired_generation(world.means.db, node.id)
    await nodes.applied(world.means.db, node.id, generation, [])
    return generation


async def changes(world: World, node: FleetNode, *, after: int) -> dict[int, list[str]]:
    """Give the selectors that changed after a generation, by the generation that they changed in."""
    async with world.means.db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select generation, key from node_items
               where node_id = $1 and kind = 'dkim' and generation > $2 and key like $3""",
            node.id,
            after,
            f"{world.name}/%",
        )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["generation"], []).append(row["key"].rpartition("/")[2])
    return found


async def signing(world: World, node: FleetNode, *, after: int) -> dict[str, bool]:
    """Give for each selector that changed after a generation whether the node signs with it."""
    page = await nodes.next_changes(world.means.db, node.id, (after, "", ""))
    items = [
        msgspec.msgpack.decode(change.payload, type=wire.DkimItem)
        for change in page.changes
        if change.kind == "dkim" and change.payload is not None and change.key.startswith(f"{world.name}/")
    ]
    return {item.selector: item.active for item in items}
