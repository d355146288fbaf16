"""The list of domains, narrowed."""

import httpx
import pytest

from tests.conftest import MakeDomain, Tenant

BOTH = frozenset({"acme", "xn--mller-kva"})
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("query=ACM", {"acme"}, id="in capitals"),
        pytest.param("query=%25", NONE, id="a sign of SQL is only a sign"),
        pytest.param("query=_cme", NONE, id="so is the other"),
        pytest.param("query=m%C3%BCller", {"xn--mller-kva"}, id="as people write it"),
        pytest.param("query=%00", BOTH, id="nothing that could be in a name"),
        pytest.param("status=verified", BOTH, id="by status"),
        pytest.param("status=failed", NONE, id="by a status that none has"),
        pytest.param("query=acme&status=pending", NONE, id="by both"),
    ],
)
async def test_domains_are_found_by_name_and_status(
    client: httpx.AsyncClient, tenant: Tenant, make_domain: MakeDomain, asked: str, found: frozenset[str]
) -> None:
    for label in BOTH:
        await make_domain(tenant, label)
    answer = await client.get(f"/v1/domains?{asked}", headers=tenant.headers)
    assert {each["name"].removesuffix(".test").rpartition("-")[0] for each in answer.json()["data"]} == found


async def test_an_unknown_status_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.get("/v1/domains?status=odd", headers=tenant.headers)
    assert answer.status_code in (400, 422)
