"""`/v1/certificates`, and what authorities are answered."""

import httpx
import msgspec
import pytest

from control_plane.certificates import service
from control_plane.certificates.schemas import PREFIX
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.errors import Invalid, TooMany
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import MakeNode
from tests.own_authority import OwnAuthority


def with_an_authority(runtime: Runtime) -> Runtime:
    """The application's parts, where certificates can be ordered, though nobody answers."""
    acme = msgspec.structs.replace(runtime.settings.acme, directories=("https://ca.test/directory",))
    return msgspec.structs.replace(runtime, settings=msgspec.structs.replace(runtime.settings, acme=acme))


@pytest.fixture
def authority() -> OwnAuthority:
    """Whom customers have their own certificates from."""
    return OwnAuthority()


async def test_an_uploaded_certificate_is_served_at_once(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    authority: OwnAuthority,
    make_node: MakeNode,
) -> None:
    await make_node(tenant)
    body = authority.body(f"mail.{domain}", f"*.{domain}")
    answer = await client.post("/v1/certificates", json=body, headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["status"], made["source"], made["issuer"]) == ("issued", "upload", "Test Intermediate")
    assert "PRIVATE KEY" not in answer.text
    async with db.fleet_tx() as tx:
        front = [each.names for each in await service.for_front(tx, runtime.vault)]
        keys = await tx.connection.fetch(
            "select key from node_items where tenant_id = $1 and kind = 'certificate' and payload is not null",
            tenant.id,
        )
    assert (f"mail.{domain}", f"*.{domain}") in front
    assert {row["key"] for row in keys} == {f"mail.{domain}"}


async def test_it_is_replaced_only_as_it_was_seen(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, authority: OwnAuthority
) -> None:
    made = (await client.post("/v1/certificates", json=authority.body(f"mail.{domain}"), headers=tenant.headers)).json()
    url = f"/v1/certificates/{made['id']}"
    etag = (await client.get(url, headers=tenant.headers)).headers["ETag"]
    newer = authority.body(f"mail.{domain}")
    replaced = await client.put(url, json=newer, headers=tenant.headers | {"If-Match": etag})
    assert replaced.status_code == 200, replaced.text
    assert replaced.json()["fingerprint"] != made["fingerprint"]
    late = await client.put(url, json=authority.body(f"mail.{domain}"), headers=tenant.headers | {"If-Match": etag})
    assert late.status_code == 412
    gone = await client.delete(url, headers=tenant.headers)
    assert gone.status_code == 204
    assert (await client.get(url, headers=tenant.headers)).status_code == 404


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "names"),
        ({"names": ["mail.acme.test"], "chain": "x", "private_key": "x"}, "names"),
        ({"chain": "x"}, "names"),
        ({"names": ["x" * 301]}, "names[0]"),
        ({"names": [f"n{number}.acme.test" for number in range(11)]}, "names"),
        ({"chain": "\0", "private_key": "\0"}, "chain"),
        ({"chain": "x" * 65_537, "private_key": "x"}, "chain"),
        ({"sources": ["acme"]}, "sources"),
    ],
)
async def test_what_does_not_fit_is_refused_at_its_field(
    client: httpx.AsyncClient, tenant: Tenant, body: dict[str, object], path: str
) -> None:
    answer = await client.post("/v1/certificates", json=body, headers=tenant.headers)
    assert answer.status_code == 422, answer.text
    assert path in {error["path"] for error in answer.json()["errors"]}


async def test_without_an_authority_nothing_can_be_ordered(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    answer = await client.post("/v1/certificates", json={"names": [domain]}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_certificate_authority")


async def test_a_certificate_for_somebody_elses_domain_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, make_domain: MakeDomain, authority: OwnAuthority
) -> None:
    theirs = await make_domain(stranger, "theirs")
    answer = await client.post("/v1/certificates", json=authority.body(f"mail.{theirs}"), headers=tenant.headers)
    assert answer.status_code == 422
    assert "not below a proven domain" in answer.json()["errors"][0]["message"]


async def test_a_certificate_for_a_domain_that_another_proved_first_is_refused(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    stranger: Tenant,
    make_domain: MakeDomain,
    authority: OwnAuthority,
) -> None:
    theirs, proven_first = await make_domain(stranger, "theirs"), f"shop.{domain}"
    with acting_for(stranger.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set name = $2 where name = $1", theirs, proven_first)
    for name in (proven_first, f"mail.{proven_first}", f"*.{proven_first}"):
        answer = await client.post("/v1/certificates", json=authority.body(domain, name), headers=tenant.headers)
        assert answer.status_code == 422, answer.text
        with acting_for(tenant.id), pytest.raises(Invalid):
            await service.order(with_an_authority(runtime), [domain, name])
    answer = await client.post(
        "/v1/certificates", json=authority.body(f"mail.{proven_first}"), headers=stranger.headers
    )
    assert answer.status_code == 201, answer.text


async def test_nobody_uses_up_what_an_authority_allows_us_all(
    db: Database, runtime: Runtime, tenant: Tenant, domain: str
) -> None:
    with acting_for(tenant.id):
        made = await service.order(with_an_authority(runtime), [domain])
        for _ in range(39):
            await service.renew(runtime, ids.decode(PREFIX, made.id))
        with pytest.raises(TooMany):
            await service.renew(runtime, ids.decode(PREFIX, made.id))


async def test_whoever_holds_a_certificate_is_looked_at(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str, authority: OwnAuthority
) -> None:
    answer = await client.post("/v1/certificates", json=authority.body(f"mail.{domain}"), headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    async with service.opened(runtime) as means:
        assert tenant.id in await service.tenants_to_look_at(means)


async def test_two_for_the_same_name_are_one_too_many(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, authority: OwnAuthority
) -> None:
    for status in (201, 409):
        body = authority.body(f"mail.{domain}")
        answer = await client.post("/v1/certificates", json=body, headers=tenant.headers)
        assert answer.status_code == status, answer.text


async def test_an_uploaded_one_is_neither_renewed_nor_revoked_here(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, authority: OwnAuthority
) -> None:
    body = authority.body(f"mail.{domain}")
    made = (await client.post("/v1/certificates", json=body, headers=tenant.headers)).json()
    for act, content in (("renew", None), ("revoke", {"reason": "key_compromise"})):
        answer = await client.post(f"/v1/certificates/{made['id']}/{act}", json=content, headers=tenant.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "certificate_not_ordered"), answer.text


@pytest.mark.parametrize("token", ["nope", "x" * 5000, "%00", "..%2f..", "a%20b", "%ff%fe"])
async def test_authorities_are_answered_about_nothing_else(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get(f"/.well-known/acme-challenge/{token}")
    assert answer.status_code in (400, 404)
