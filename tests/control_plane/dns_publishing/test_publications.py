"""A domain's records published at a real name server: compared, applied, gone on with, taken back."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import dns.query
import dns.tsigkeyring
import dns.update
import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_publishing import service
from control_plane.dns_publishing.jobs import find_waiting
from tests.conftest import Tenant
from tests.control_plane.dns_publishing.conftest import DOMAIN, credentials
from tests.control_plane.dns_zone.knot import KEY, WRONG_KEY, ZONE, Knot

Json: TypeAlias = dict[str, Any]
Work = Callable[[Json], Awaitable[Json]]
SPF = "v=spf1 ip4:192.0.2.1 include:_spf.else.test ~all"


def put(knot: Knot, name: str, record_type: str, *values: str) -> None:
    """Let somebody else change the zone; no values: the set goes."""
    key_name, algorithm, secret = KEY.split(":")
    keyring = dns.tsigkeyring.from_text({key_name: (algorithm, secret)})
    update = dns.update.UpdateMessage(ZONE, keyring=keyring)
    update.delete(f"{name}.", record_type)
    for value in values:
        update.add(f"{name}.", 60, record_type, value)
    assert dns.query.tcp(update, "127.0.0.1", port=knot.port).rcode() == 0


@pytest.fixture
async def connection(client: httpx.AsyncClient, tenant: Tenant, shop: str, knot: Knot) -> str:
    """The name server, connected; gives its public id."""
    new = {"kind": "ddns", "name": "Ours", "credentials": credentials(knot), "domain_id": shop}
    answer = await client.post("/v1/dns-providers", json=new, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["tested_at"]
    made: str = answer.json()["id"]
    return made


@pytest.fixture
def work(client: httpx.AsyncClient, tenant: Tenant, looking: Runtime) -> Work:
    """Do what a worker would do with a publication; gives how it stands then."""

    async def do(publication: Json) -> Json:
        with acting_for(tenant.id):
            await service.work(looking, ids.decode("pub", publication["id"]))
        answer = await client.get(f"/v1/publications/{publication['id']}", headers=tenant.headers)
        found: Json = answer.json()
        return found

    return do


Ask = Callable[..., Awaitable[Json]]


@pytest.fixture
def ask(client: httpx.AsyncClient, tenant: Tenant) -> Ask:
    """Post something that is accepted."""

    async def post(path: str, body: Json | None = None) -> Json:
        answer = await client.post(path, json=body, headers=tenant.headers)
        assert answer.status_code == 202, answer.text
        found: Json = answer.json()
        return found

    return post


def by_key(publication: Json) -> dict[str, Json]:
    return {step["key"]: step for step in publication["steps"]}


async def test_records_are_compared_published_and_taken_back(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    put(knot, DOMAIN, "TXT", f'"{SPF}"', '"other=1"')
    put(knot, DOMAIN, "MX", "5 mx.else.test.")
    begun = await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection, "dry_run": True})
    assert begun["status"] == "comparing"
    compared = await work(begun)
    steps = by_key(compared)
    assert (compared["status"], compared["zone"]) == ("compared", ZONE)
    assert steps[f"TXT {DOMAIN}"]["action"] == "change"
    assert steps[f"MX {DOMAIN}"]["action"] == "conflict"
    assert await knot.ask(f"_fleetpost.{DOMAIN}", "TXT") == []  # nothing is done before it is asked for

    await ask(f"/v1/publications/{begun['id']}/apply", {})
    applied = await work(begun)
    assert applied["status"] == "applied", applied
    assert await knot.ask(f"_fleetpost.{DOMAIN}", "TXT") == ['"fleetpost-verification=abc"']
    merged = SPF.replace(" ~all", " include:spf.fleetpost.test ~all")
    assert await knot.ask(DOMAIN, "TXT") == ['"other=1"', f'"{merged}"']
    assert await knot.ask(DOMAIN, "MX") == ["5 mx.else.test."]  # nobody said that it may be replaced

    await ask(f"/v1/publications/{begun['id']}/rollback")
    back = await work(begun)
    assert back["status"] == "rolled_back", back
    assert await knot.ask(DOMAIN, "TXT") == ['"other=1"', f'"{SPF}"']
    assert await knot.ask(f"_fleetpost.{DOMAIN}", "TXT") == []


async def test_hostile_texts_in_the_zone_stop_nothing_and_stay_as_they_are(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    put(knot, DOMAIN, "TXT", r'"a\000b\237\191\191"')
    compared = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection}))
    assert compared["status"] == "compared"
    [before] = by_key(compared)[f"TXT {DOMAIN}"]["before"]
    applied = await work(await ask(f"/v1/publications/{compared['id']}/apply", {}))
    assert by_key(applied)[f"TXT {DOMAIN}"]["status"] == "done"
    assert before in by_key(applied)[f"TXT {DOMAIN}"]["after"]
    assert "\0" not in before
    back = await work(await ask(f"/v1/publications/{compared['id']}/rollback"))
    assert back["status"] == "rolled_back"
    assert await knot.ask(DOMAIN, "TXT") == [r'"a\000b\237\191\191"']


async def test_a_conflict_is_replaced_when_that_is_asked_for(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    put(knot, DOMAIN, "MX", "5 mx.else.test.")
    compared = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection}))
    decisions = {"replace": [f"MX {DOMAIN}"], "leave_out": [f"TXT _dmarc.{DOMAIN}"]}
    await ask(f"/v1/publications/{compared['id']}/apply", decisions)
    applied = await work(compared)
    assert await knot.ask(DOMAIN, "MX") == ["10 mx.fleetpost.test."]
    assert await knot.ask(f"_dmarc.{DOMAIN}", "TXT") == []
    assert by_key(applied)[f"TXT _dmarc.{DOMAIN}"]["status"] == "left_out"


async def test_without_a_dry_run_what_needs_no_decision_is_published_at_once(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    put(knot, DOMAIN, "MX", "5 mx.else.test.")
    done = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection, "dry_run": False}))
    assert done["status"] == "applied"
    assert await knot.ask(DOMAIN, "MX") == ["5 mx.else.test."]
    assert await knot.ask(f"_fleetpost.{DOMAIN}", "TXT") != []


async def test_what_changed_meanwhile_is_left_alone_and_the_rest_goes_on(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    compared = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection}))
    put(knot, f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=reject"')
    await ask(f"/v1/publications/{compared['id']}/apply", {})
    applied = await work(compared)
    dmarc = by_key(applied)[f"TXT _dmarc.{DOMAIN}"]
    assert (applied["status"], dmarc["status"]) == ("incomplete", "failed")
    assert "compare again" in dmarc["problem"]
    assert await knot.ask(f"_fleetpost.{DOMAIN}", "TXT") != []
    put(knot, f"_dmarc.{DOMAIN}", "TXT")
    await ask(f"/v1/publications/{compared['id']}/apply", {})
    assert (await work(compared))["status"] == "applied"


async def test_what_somebody_changed_since_is_not_taken_back(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    done = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection, "dry_run": False}))
    put(knot, f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=reject"')
    await ask(f"/v1/publications/{done['id']}/rollback")
    back = await work(done)
    assert by_key(back)[f"TXT _dmarc.{DOMAIN}"]["status"] == "kept"
    assert await knot.ask(f"_dmarc.{DOMAIN}", "TXT") == ['"v=DMARC1; p=reject"']


async def test_a_server_that_is_away_half_way_is_gone_on_with(
    shop: str, connection: str, work: Work, ask: Ask, knot: Knot
) -> None:
    compared = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection}))
    knot.stop()
    await ask(f"/v1/publications/{compared['id']}/apply", {})
    halted = await work(compared)
    assert halted["status"] == "incomplete"
    assert "did not answer" in halted["problem"]
    knot.start()
    await ask(f"/v1/publications/{compared['id']}/apply", {})
    assert (await work(compared))["status"] == "applied"


async def test_the_work_of_a_worker_that_died_is_found(
    shop: str, connection: str, ask: Ask, work: Work, db: Database, looking: Runtime
) -> None:
    begun = await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection})
    async with db.fleet_tx() as tx:
        waiting = await tx.connection.fetch("select id from dns_publications where claimed_until is null")
    assert ids.decode("pub", begun["id"]) in {row["id"] for row in waiting}
    await find_waiting(looking)
    assert (await work(begun))["status"] == "compared"
    assert (await work(begun))["status"] == "compared"  # twice does no harm


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"key": WRONG_KEY.rpartition(":")[2]}, "credentials"),
        ({"key": "not base64!"}, "credentials"),
        ({"server": "10.0.0.1"}, "credentials"),
        ({"server": "169.254.169.254@5353"}, "credentials"),
        ({"server": "127.0.0.1@1"}, "credentials"),
        ({"server": "no such host"}, "credentials"),
        ({"server": "127.0.0.1@70000"}, "credentials"),
        ({"server": ""}, "credentials.server"),
        ({"algorithm": "hmac-md5"}, "credentials.algorithm"),
        ({"key_name": "a\nb"}, "credentials.key_name"),
        ({"pdns_server": "/var/run/pdns"}, "credentials.pdns_server"),
    ],
)
async def test_credentials_that_do_not_work_are_refused_and_not_repeated(
    client: httpx.AsyncClient, tenant: Tenant, shop: str, knot: Knot, changed: dict[str, str], path: str
) -> None:
    new = {"kind": "ddns", "name": "Ours", "credentials": credentials(knot) | changed, "domain_id": shop}
    answer = await client.post("/v1/dns-providers", json=new, headers=tenant.headers)
    assert answer.status_code == 422, answer.text
    assert [each["path"] for each in answer.json()["errors"]] == [path]
    assert credentials(knot)["key"] not in answer.text


async def test_credentials_are_encrypted_and_never_shown(
    client: httpx.AsyncClient, tenant: Tenant, connection: str, knot: Knot, db: Database
) -> None:
    secret = credentials(knot)["key"]
    for path in ("/v1/dns-providers", f"/v1/dns-providers/{connection}", "/v1/audit-log", "/v1/account/export"):
        assert secret not in (await client.get(path, headers=tenant.headers)).text
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            stored = await tx.connection.fetchval("select credentials from dns_connections")
    assert secret.encode() not in stored


async def test_one_publication_of_a_domain_at_a_time(
    client: httpx.AsyncClient, tenant: Tenant, shop: str, connection: str, ask: Ask, work: Work
) -> None:
    path, body = f"/v1/domains/{shop}/publications", {"connection_id": connection}
    begun = await ask(path, body)
    assert (await client.post(path, json=body, headers=tenant.headers)).json()["code"] == "publication_under_way"
    early = await client.post(f"/v1/publications/{begun['id']}/apply", json={}, headers=tenant.headers)
    assert early.json()["code"] == "publication_not_at_this_point"
    await work(begun)
    await ask(path, body)


async def test_one_tenant_with_slow_providers_leaves_workers_to_others(
    tenant: Tenant, shop: str, connection: str, ask: Ask, work: Work, db: Database
) -> None:
    begun = await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection})
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            for _ in range(4):
                await tx.connection.execute(
                    """insert into dns_publications (tenant_id, id, domain_id, connection_id, status, dry_run,
                         claimed_until, created_at)
                       values ($1, $2, $3, $4, 'comparing', true, now() + '1 minute', now())""",
                    tenant.id,
                    ids.new_uuid(),
                    ids.decode("dom", shop),
                    ids.decode("dns", connection),
                )
    assert (await work(begun))["status"] == "comparing"
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update dns_publications set claimed_until = null")
    assert (await work(begun))["status"] == "compared"


async def test_decisions_name_what_there_is(
    client: httpx.AsyncClient, tenant: Tenant, shop: str, connection: str, ask: Ask, work: Work
) -> None:
    compared = await work(await ask(f"/v1/domains/{shop}/publications", {"connection_id": connection}))
    body = {"replace": [f"TXT {DOMAIN}"], "leave_out": ["A www.else.test"]}
    answer = await client.post(f"/v1/publications/{compared['id']}/apply", json=body, headers=tenant.headers)
    assert {each["path"] for each in answer.json()["errors"]} == {"replace", "leave_out"}


async def test_a_connection_is_changed_only_as_it_was_read(
    client: httpx.AsyncClient, tenant: Tenant, connection: str
) -> None:
    path = f"/v1/dns-providers/{connection}"
    etag = (await client.get(path, headers=tenant.headers)).headers["etag"]
    headers = tenant.headers | {"If-Match": etag}
    assert (await client.patch(path, json={"name": "Theirs"}, headers=headers)).json()["name"] == "Theirs"
    assert (await client.patch(path, json={"name": "Mine"}, headers=headers)).status_code == 412
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    assert (await client.get(path, headers=tenant.headers)).status_code == 404
