"""What follows from what a check found: in the database, on the nodes, and for people."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainTaken
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.schemas import Domain
from control_plane.mailboxes import service as mailboxes
from control_plane.nodes import service as nodes
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.mail_domains.test_domains import add, checker, items_of, published, some_name

Answers = dict[tuple[str, str], list[str] | Answer]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Story:
    """A tenant's domain, whose DNS changes while time goes by."""

    def __init__(self, runtime: Runtime, tenant: Tenant, domain: Domain) -> None:
        self.clock = FixedClock(datetime.now(UTC))
        self.dns: Answers = {**published(domain.records)}
        self._runtime, self._tenant, self._domain = runtime, tenant, domain

    @property
    def proof(self) -> tuple[str, str]:
        """Where the proof stands."""
        return f"_fleetpost.{self._domain.name}", "TXT"

    async def check(self, *, after: timedelta = timedelta(0)) -> Domain:
        """Check the domain some time later."""
        self.clock.move(after)
        with acting_for(self._tenant.id):
            means = checker(self._runtime, self.dns, self.clock)
            return await mail_domains.check(means, decode("dom", self._domain.id))

    async def lose(self) -> Domain:
        """Have the proof gone for a week."""
        self.dns.pop(self.proof)
        for _ in range(8):
            domain = await self.check(after=DAY)
        return domain


MakeStory = Callable[[Tenant, Domain], Story]


@pytest.fixture
def tell(runtime: Runtime) -> MakeStory:
    """Begin a story."""
    return lambda tenant, domain: Story(runtime, tenant, domain)


@pytest.fixture
async def owner(tenant: Tenant, runtime: Runtime) -> str:
    """The address of somebody in charge; beside them is one who is not."""
    addresses = [f"{role}-{tenant.id}@else.test" for role in ("owner", "developer")]
    async with runtime.db.fleet_tx() as tx:
        for address in addresses:
            user_id = ids.new_uuid()
            await tx.connection.execute("insert into users (id, email) values ($1, $2)", user_id, address)
            await tx.connection.execute(
                "insert into memberships (tenant_id, user_id, role) values ($1, $2, $3)",
                tenant.id,
                user_id,
                address.partition("-")[0],
            )
    return addresses[0]


async def news_of(runtime: Runtime, tenant: Tenant) -> list[tuple[str, str]]:
    """List who was written what to about the tenant's domains."""
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select recipient, notice->>'news' as news from notices
               where about_tenant_id = $1 order by id""",
            tenant.id,
        )
    return [(row["recipient"], row["news"]) for row in rows]


async def events_of(runtime: Runtime, tenant: Tenant) -> list[str]:
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select type from events where tenant_id = $1 order by id", tenant.id)
    return [row["type"] for row in rows]


async def test_each_change_of_status_is_an_event_and_what_lasts_is_a_letter(
    client: httpx.AsyncClient, tenant: Tenant, owner: str, tell: MakeStory, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    story = tell(tenant, domain)
    assert (await story.check()).status == "verified"
    bounces = (f"bounce.{domain.name}", "MX")
    kept = story.dns.pop(bounces)
    assert (await story.check(after=HOUR)).status == "degraded"
    story.dns[bounces] = Answer(problem="SERVFAIL")
    assert (await story.check(after=HOUR)).status == "degraded", "silence repairs nothing"
    story.dns.pop(bounces)
    await story.check(after=HOUR)
    story.dns[bounces] = kept
    assert (await story.check(after=HOUR)).status == "verified"
    assert await events_of(runtime, tenant) == ["domain.verified", "domain.degraded", "domain.verified"]
    assert await news_of(runtime, tenant) == [(owner, "verified"), (owner, "degraded"), (owner, "recovered")]


async def test_a_lost_domain_leaves_the_nodes_and_comes_back_with_its_proof(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, tell: MakeStory, runtime: Runtime
) -> None:
    node = await make_node(tenant)
    domain = await add(client, tenant, some_name())
    story = tell(tenant, domain)
    await story.check()
    address = f"ann@{domain.name}"
    mailbox = {"address": address, "password": "correct horse battery"}
    assert (await client.post("/v1/mailboxes", json=mailbox, headers=tenant.headers)).status_code == 201

    assert (await story.lose()).status == "failed"
    items = await items_of(runtime, node, domain.name)
    assert set(items.values()) == {None}, "neither domain nor keys are in force"
    stored = (await items_of(runtime, node, address))[f"mailbox {address}"]
    assert stored is not None, "mail that was stored stays"
    assert not msgspec.msgpack.decode(stored, type=wire.MailboxItem).may_send
    mail = {"from": {"email": address}, "to": [{"email": "bob@else.test"}], "subject": "Hello", "text": "Hello"}
    refused = await client.post("/v1/messages", json=mail, headers=tenant.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "domain_not_usable")

    story.dns[story.proof] = published(domain.records)[story.proof]
    assert (await story.check(after=DAY)).status == "verified"
    assert None not in (await items_of(runtime, node, domain.name)).values()
    stored = (await items_of(runtime, node, address))[f"mailbox {address}"]
    assert stored is not None
    assert msgspec.msgpack.decode(stored, type=wire.MailboxItem).may_send
    assert (await events_of(runtime, tenant))[-3:] == ["domain.degraded", "domain.failed", "domain.verified"]


async def test_another_account_proves_a_domain_only_once_it_is_lost(
    client: httpx.AsyncClient,
    tenant: Tenant,
    stranger: Tenant,
    make_node: MakeNode,
    tell: MakeStory,
    runtime: Runtime,
) -> None:
    node, name = await make_node(tenant), some_name()
    former = tell(tenant, await add(client, tenant, name))
    claimed = await add(client, stranger, name)
    latter = tell(stranger, claimed)
    await former.check()
    mailbox = {"address": f"ann@{name}", "password": "correct horse battery"}
    assert (await client.post("/v1/mailboxes", json=mailbox, headers=tenant.headers)).status_code == 201
    with pytest.raises(DomainTaken):
        await latter.check()
    shown = (await client.get(f"/v1/domains/{claimed.id}", headers=stranger.headers)).json()
    assert (shown["status"], shown["proven_at"]) == ("pending", None)
    assert shown["checked_at"] is not None, "what was found is kept all the same"
    await former.lose()
    assert (await latter.check(after=DAY)).status == "verified"
    assert None not in (await items_of(runtime, node, name)).values()
    assert (await items_of(runtime, node, "ann@"))[f"mailbox ann@{name}"] is None, "the address is free"
    assert (await client.post("/v1/mailboxes", json=mailbox, headers=stranger.headers)).status_code == 201
    assert (await items_of(runtime, node, "ann@"))[f"mailbox ann@{name}"] is not None


async def test_who_lost_a_domain_keeps_the_mail_and_has_no_more_say_in_the_addresses(
    client: httpx.AsyncClient,
    tenant: Tenant,
    stranger: Tenant,
    make_node: MakeNode,
    tell: MakeStory,
    runtime: Runtime,
) -> None:
    node, name = await make_node(tenant), some_name()
    former = tell(tenant, await add(client, tenant, name))
    await former.check()
    made = await mailbox_of(client, tenant, f"ann@{name}")
    assert await homes_of(runtime, node, name) == {}
    await former.lose()
    assert list(await homes_of(runtime, node, name)) == [f"ann@{name}"]
    await tell(stranger, await add(client, stranger, name)).check(after=DAY)
    path = f"/v1/mailboxes/{made}"
    assert (await client.patch(path, json={"name": "Ann"}, headers=tenant.headers)).status_code == 200
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await mailboxes.publish_all(tx)
    assert (await items_of(runtime, node, "ann@"))[f"mailbox ann@{name}"] is None
    await mailbox_of(client, stranger, f"ann@{name}")
    assert list(await homes_of(runtime, node, name)) == [f"ann@{name}"]
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    assert await homes_of(runtime, node, name) == {}
    assert (await items_of(runtime, node, "ann@"))[f"mailbox ann@{name}"] is not None, "the stranger's own"


async def test_mail_of_an_account_that_is_erased_is_not_kept_and_a_domain_won_back_needs_no_keeping(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, tell: MakeStory, runtime: Runtime
) -> None:
    node, domain = await make_node(tenant), await add(client, tenant, some_name())
    story = tell(tenant, domain)
    await story.check()
    await mailbox_of(client, tenant, f"ann@{domain.name}")
    await story.lose()
    story.dns |= published(domain.records)
    await story.check(after=DAY)
    assert await homes_of(runtime, node, domain.name) == {}
    await story.lose()
    assert list(await homes_of(runtime, node, domain.name)) == [f"ann@{domain.name}"]
    async with runtime.db.fleet_tx() as tx:
        await nodes.withdraw_all(tx, tenant.id)
    assert await homes_of(runtime, node, domain.name) == {}


async def mailbox_of(client: httpx.AsyncClient, tenant: Tenant, address: str) -> str:
    """Make a mailbox; gives its id."""
    wanted = {"address": address, "password": "correct horse battery"}
    answer = await client.post("/v1/mailboxes", json=wanted, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def homes_of(runtime: Runtime, node: FleetNode, domain: str) -> dict[str, int]:
    """Give the addresses of a domain whose mail a node was told to keep, and whose that is."""
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select payload from node_items
               where node_id = $1 and kind = 'home' and key like '%@' || $2 and payload is not null""",
            node.id,
            domain,
        )
    homes = [msgspec.msgpack.decode(row["payload"], type=wire.HomeItem) for row in rows]
    return {home.address: home.system_uid for home in homes}


async def test_a_proven_name_below_keeps_nobody_from_proving_the_domain_above(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, tell: MakeStory
) -> None:
    name = some_name()
    await tell(stranger, await add(client, stranger, f"shop.{name}")).check()
    assert (await tell(tenant, await add(client, tenant, name)).check()).status == "verified"


async def test_a_claim_that_has_expired_begins_anew_with_another_proof(
    client: httpx.AsyncClient, tenant: Tenant, tell: MakeStory
) -> None:
    domain = await add(client, tenant, some_name())
    story = tell(tenant, domain)
    story.dns.clear()
    assert (await story.check(after=31 * DAY)).status == "failed"
    refused = await client.post(f"/v1/domains/{domain.id}/verify", headers=tenant.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_expired")
    anew = await add(client, tenant, domain.name)
    assert (anew.id, anew.status) == (domain.id, "pending")
    assert anew.records[0].value != domain.records[0].value


async def test_a_check_that_finds_something_new_is_kept(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, tell: MakeStory
) -> None:
    domain = await add(client, tenant, some_name())
    story = tell(tenant, domain)
    await story.check()
    await story.check(after=HOUR)
    story.dns[f"_dmarc.{domain.name}", "TXT"] = ["v=spf1 -all"]
    await story.check(after=HOUR)
    path = f"/v1/domains/{domain.id}/checks"
    listed = (await client.get(path, headers=tenant.headers)).json()["data"]
    assert [check["status"] for check in listed] == ["degraded", "verified"]
    [change] = listed[0]["changes"]
    assert (change["purpose"], change["after"]) == ("dmarc", "wrong") or change["after"] == "missing"
    first = (await client.get(f"{path}?limit=1", headers=tenant.headers)).json()
    second = (await client.get(f"{path}?limit=1&after={first['next']}", headers=tenant.headers)).json()
    assert [first["data"][0]["id"], second["data"][0]["id"]] == [check["id"] for check in listed]
    assert (await client.get(path, headers=stranger.headers)).status_code == 404


async def test_old_checks_are_forgotten(
    client: httpx.AsyncClient, tenant: Tenant, tell: MakeStory, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    await tell(tenant, domain).check()
    path = f"/v1/domains/{domain.id}/checks"
    await mail_domains.forget_old_checks(runtime.db, FixedClock(datetime.now(UTC) + 399 * DAY))
    assert (await client.get(path, headers=tenant.headers)).json()["data"]
    await mail_domains.forget_old_checks(runtime.db, FixedClock(datetime.now(UTC) + 401 * DAY))
    assert (await client.get(path, headers=tenant.headers)).json()["data"] == []


async def test_nobody_makes_us_ask_as_often_as_they_like(client: httpx.AsyncClient, tenant: Tenant) -> None:
    domain = await add(client, tenant, some_name())

    async def verify() -> int:
        return (await client.post(f"/v1/domains/{domain.id}/verify", headers=tenant.headers)).status_code

    assert sorted(await asyncio.gather(*(verify() for _ in range(8)))) == [200] * 6 + [429] * 2
    await client.delete(f"/v1/domains/{domain.id}", headers=tenant.headers)
    domain = await add(client, tenant, domain.name)
    assert await verify() == 429, "to add it again makes no difference"


async def test_an_international_name_is_shown_as_people_read_it(client: httpx.AsyncClient, tenant: Tenant) -> None:
    name = some_name()
    domain = await add(client, tenant, f"Bücher.{name}")
    assert (domain.name, domain.display_name) == (f"xn--bcher-kva.{name}", f"bücher.{name}")
