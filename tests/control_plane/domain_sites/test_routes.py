"""A tenant chooses its domain's MTA-STS policy."""

import httpx

from tests.conftest import Tenant


def address(domain_id: str) -> str:
    return f"/v1/domains/{domain_id}/mta-sts"


async def test_a_domain_begins_with_testing(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, domain_id: str
) -> None:
    policy = (await client.get(address(domain_id), headers=tenant.headers)).json()
    assert policy["mode"] == "testing"
    assert policy["policy_url"] == f"https://mta-sts.{domain}/.well-known/mta-sts.txt"


async def test_a_change_gives_a_new_id_and_is_in_the_log(
    client: httpx.AsyncClient, tenant: Tenant, domain_id: str
) -> None:
    before = (await client.get(address(domain_id), headers=tenant.headers)).json()
    answer = await client.patch(address(domain_id), headers=tenant.headers, json={"mode": "enforce"})
    assert answer.status_code == 200
    assert answer.json()["mode"] == "enforce"
    assert answer.json()["policy_id"] != before["policy_id"]
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    changes = [entry["changes"]["mode"] for entry in log if "mta_sts" in entry["action"]]
    assert changes == [{"before": "testing", "after": "enforce"}]


async def test_a_change_to_what_it_is_already_is_none(
    client: httpx.AsyncClient, tenant: Tenant, domain_id: str
) -> None:
    answer = await client.patch(address(domain_id), headers=tenant.headers, json={"mode": "testing"})
    assert answer.status_code == 200
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    assert [entry for entry in log if "mta_sts" in entry["action"]] == []


async def test_who_edits_what_somebody_else_has_changed_is_told(
    client: httpx.AsyncClient, tenant: Tenant, domain_id: str
) -> None:
    seen = (await client.get(address(domain_id), headers=tenant.headers)).headers["etag"]
    await client.patch(address(domain_id), headers=tenant.headers, json={"mode": "enforce"})
    late = await client.patch(address(domain_id), headers=tenant.headers | {"If-Match": seen}, json={"mode": "none"})
    assert late.status_code == 412


async def test_lives_out_of_bounds_are_refused_at_their_field(
    client: httpx.AsyncClient, tenant: Tenant, domain_id: str
) -> None:
    for seconds in (0, 86_399, 31_557_601, 2**70):
        answer = await client.patch(address(domain_id), headers=tenant.headers, json={"max_age_seconds": seconds})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"] == "max_age_seconds"


async def test_a_strangers_domain_is_not_there(client: httpx.AsyncClient, stranger: Tenant, domain_id: str) -> None:
    assert (await client.get(address(domain_id), headers=stranger.headers)).status_code == 404
    changed = await client.patch(address(domain_id), headers=stranger.headers, json={"mode": "none"})
    assert changed.status_code == 404
