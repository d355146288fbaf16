"""Domains through the API, proven by DNS, and in force on the nodes."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping

import httpx
import msgspec
import pytest

from control_plane.core.clock import Clock
from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.checkup import Observer, is_publishable
from control_plane.mail_domains.errors import DomainTaken
from control_plane.mail_domains.resolver import Answer, FixedResolver
from control_plane.mail_domains.schemas import DnsRecord, Domain
from control_plane.mail_domains.service import Checker
from tenant_agent import wire
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

Prove = Callable[[Tenant, Domain], Awaitable[Domain]]


def some_name() -> str:
    return f"d-{secrets.token_hex(5)}.test"


async def add(client: httpx.AsyncClient, tenant: Tenant, name: str) -> Domain:
    """Add a domain through the API."""
    answer = await client.post("/v1/domains", json={"name": name}, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    return msgspec.json.decode(answer.content, type=Domain)


def published(records: Iterable[DnsRecord]) -> dict[tuple[str, str], list[str]]:
    """Give the answers of a DNS in which the records stand as told."""
    answers: dict[tuple[str, str], list[str]] = {}
    for record in filter(is_publishable, records):
        answers.setdefault((record.host, record.type), []).append(record.value)
    return answers


def checker(
    runtime: Runtime, answers: Mapping[tuple[str, str], list[str] | Answer], clock: Clock | None = None
) -> Checker:
    """Give what a domain is checked with: a DNS that answers from a table."""
    observer = Observer(FixedResolver(answers))
    return Checker(runtime.db, runtime.vault, runtime.settings, clock or runtime.clock, observer)


@pytest.fixture
def prove(runtime: Runtime) -> Prove:
    """Check a domain whose records were published as told."""

    async def check(tenant: Tenant, domain: Domain) -> Domain:
        with acting_for(tenant.id):
            return await mail_domains.check(checker(runtime, published(domain.records)), decode("dom", domain.id))

    return check


async def items_of(runtime: Runtime, node: FleetNode, name: str) -> dict[str, bytes | None]:
    """Read what a node was told about a domain."""
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select kind || ' ' || key as item, payload from node_items where node_id = $1 and strpos(key, $2) = 1",
            node.id,
            name,
        )
    return {row["item"]: row["payload"] for row in rows}


async def test_a_new_domain_waits_for_its_records(client: httpx.AsyncClient, tenant: Tenant) -> None:
    name = some_name()
    domain = await add(client, tenant, name.upper())
    assert (domain.name, domain.status) == (name, "pending")
    assert {"ownership", "dkim", "spf", "dmarc", "receiving"} <= {record.purpose for record in domain.records}
    assert {record.status for record in domain.records} == {"unchecked"}
    answer = await client.get(f"/v1/domains/{domain.id}", headers=tenant.headers)
    assert msgspec.json.decode(answer.content, type=Domain) == domain


async def test_proof_makes_a_domain_usable_and_puts_it_in_force(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, prove: Prove, runtime: Runtime
) -> None:
    node = await make_node()
    domain = await add(client, tenant, some_name())
    proven = await prove(tenant, domain)
    assert proven.status == "verified"
    required = [record for record in proven.records if record.importance == "required"]
    assert {record.status for record in required} <= {"ok", "warning"}
    items = await items_of(runtime, node, domain.name)
    assert set(items) == {f"domain {domain.name}", f"dkim {domain.name}/fp1r", f"dkim {domain.name}/fp1e"}
    key = msgspec.msgpack.decode(items[f"dkim {domain.name}/fp1r"] or b"", type=wire.DkimItem)
    assert key.active
    assert key.private_key.startswith("-----BEGIN PRIVATE KEY-----")


async def test_proof_is_told_as_an_event_and_only_once(
    client: httpx.AsyncClient, tenant: Tenant, prove: Prove, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    await prove(tenant, domain)
    await prove(tenant, domain)
    async with runtime.db.fleet_tx() as tx:
        told = await tx.connection.fetch(
            "select type, data->>'name' as name from events where tenant_id = $1", tenant.id
        )
    assert [(row["type"], row["name"]) for row in told] == [("domain.verified", domain.name)]


async def test_a_node_that_joins_later_is_told_all_that_is_in_force(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, prove: Prove, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    await prove(tenant, domain)
    node = await make_node()
    assert len(await items_of(runtime, node, domain.name)) == 3


async def test_two_accounts_may_add_a_domain_but_only_one_can_prove_it(
    client: httpx.AsyncClient, tenant: Tenant, make_tenant: MakeTenant, prove: Prove
) -> None:
    other, name = await make_tenant(), some_name()
    ours, theirs = await add(client, tenant, name), await add(client, other, name)
    await prove(tenant, ours)
    with pytest.raises(DomainTaken):
        await prove(other, theirs)


async def test_a_name_below_somebody_elses_proven_domain_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, make_tenant: MakeTenant, prove: Prove
) -> None:
    other = await make_tenant()
    domain = await add(client, tenant, some_name())
    await prove(tenant, domain)
    answer = await client.post("/v1/domains", json={"name": f"shop.{domain.name}"}, headers=other.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "domain_taken")
    assert (await add(client, tenant, f"shop.{domain.name}")).status == "pending"


@pytest.mark.parametrize("name", ["com", "not a name", "a@b.test", "", 5])
async def test_what_is_not_a_domain_is_refused_with_its_path(
    client: httpx.AsyncClient, tenant: Tenant, name: object
) -> None:
    answer = await client.post("/v1/domains", json={"name": name}, headers=tenant.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "name"


async def test_a_domain_is_added_once(client: httpx.AsyncClient, tenant: Tenant) -> None:
    name = some_name()
    await add(client, tenant, name)
    again = await client.post("/v1/domains", json={"name": name}, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "domain_exists")


async def test_a_deleted_domain_is_taken_off_the_nodes_with_its_keys(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, prove: Prove, runtime: Runtime
) -> None:
    node = await make_node()
    domain = await add(client, tenant, some_name())
    await prove(tenant, domain)
    answer = await client.delete(f"/v1/domains/{domain.id}", headers=tenant.headers)
    assert answer.status_code == 204
    assert set((await items_of(runtime, node, domain.name)).values()) == {None}
    async with runtime.db.fleet_tx() as tx:
        assert await tx.connection.fetchval("select proven_at from mail_domains where name = $1", domain.name) is None


async def test_deleting_a_claim_leaves_the_owners_domain_in_force(
    client: httpx.AsyncClient,
    tenant: Tenant,
    make_tenant: MakeTenant,
    make_node: MakeNode,
    prove: Prove,
    runtime: Runtime,
) -> None:
    node, other, name = await make_node(), await make_tenant(), some_name()
    ours, theirs = await add(client, tenant, name), await add(client, other, name)
    await prove(tenant, ours)
    assert (await client.delete(f"/v1/domains/{theirs.id}", headers=other.headers)).status_code == 204
    assert None not in (await items_of(runtime, node, name)).values()


async def test_another_tenants_domain_is_not_found(
    client: httpx.AsyncClient, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    other = await make_tenant()
    domain = await add(client, tenant, some_name())
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/verify")]:
        answer = await client.request(method, f"/v1/domains/{domain.id}{path}", headers=other.headers)
        assert answer.status_code == 404, method


async def test_domains_are_listed_newest_first_in_pages(client: httpx.AsyncClient, tenant: Tenant) -> None:
    added = [(await add(client, tenant, some_name())).name for _ in range(3)]
    first = (await client.get("/v1/domains?limit=2", headers=tenant.headers)).json()
    second = (await client.get(f"/v1/domains?limit=2&after={first['next']}", headers=tenant.headers)).json()
    assert [domain["name"] for domain in first["data"] + second["data"]] == added[::-1]
    assert second["next"] is None


async def test_a_repeated_request_adds_the_domain_once(client: httpx.AsyncClient, tenant: Tenant) -> None:
    headers, body = tenant.headers | {"Idempotency-Key": "add-it"}, {"name": some_name()}
    first = await client.post("/v1/domains", json=body, headers=headers)
    again = await client.post("/v1/domains", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_check_through_the_api_answers_at_once_with_what_it_found(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    domain = await add(client, tenant, some_name())
    answer = await client.post(f"/v1/domains/{domain.id}/verify", headers=tenant.headers)
    checked = msgspec.json.decode(answer.content, type=Domain)
    assert (answer.status_code, checked.status) == (200, "pending")
    assert "unchecked" not in {record.status for record in checked.records}


async def test_a_domain_that_is_deleted_while_it_is_proven_stays_on_no_node(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, prove: Prove, runtime: Runtime
) -> None:
    node = await make_node()
    for _ in range(8):
        domain = await add(client, tenant, some_name())
        deleting = client.delete(f"/v1/domains/{domain.id}", headers=tenant.headers)
        _, deleted = await asyncio.gather(prove(tenant, domain), deleting, return_exceptions=True)
        assert isinstance(deleted, httpx.Response)
        assert deleted.status_code == 204
        assert set((await items_of(runtime, node, domain.name)).values()) <= {None}


async def test_a_domain_that_is_checked_twice_at_once_is_told_of_once(
    client: httpx.AsyncClient, tenant: Tenant, prove: Prove, runtime: Runtime
) -> None:
    domain = await add(client, tenant, some_name())
    await asyncio.gather(*(prove(tenant, domain) for _ in range(4)))
    async with runtime.db.fleet_tx() as tx:
        assert await tx.connection.fetchval("select count(*) from events where tenant_id = $1", tenant.id) == 1
