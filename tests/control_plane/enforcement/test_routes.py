"""`/v1/account/sending-health`, `/v1/appeals` and `/v1/measures`."""

import httpx
import pytest

from control_plane.core import ids
from tests.conftest import Tenant

_APPEAL = {"cause": "An old list was imported.", "changed": "The list is deleted."}


async def _set(client: httpx.AsyncClient, operator: Tenant, tenant: Tenant, **wanted: object) -> httpx.Response:
    body = {"stream": "broadcast", "step": "paused", "reason": "A test", **wanted}
    path = f"/v1/measures/{ids.encode('ten', tenant.id)}/steps"
    return await client.post(path, json=body, headers=operator.headers)


async def test_a_tenant_sees_its_figures_and_measures(
    client: httpx.AsyncClient, operator: Tenant, tenant: Tenant
) -> None:
    assert (await _set(client, operator, tenant)).status_code == 200
    health = (await client.get("/v1/account/sending-health", headers=tenant.headers)).json()
    assert [each["stream"] for each in health["streams"]] == ["transactional", "broadcast"]
    assert {(rate["cause"], rate["grade"]) for each in health["streams"] for rate in each["rates"]} == {
        ("bounces", "few"),
        ("complaints", "few"),
    }
    [measure] = health["measures"]
    assert (measure["stream"], measure["step"], measure["cause"], measure["note"]) == (
        "broadcast",
        "paused",
        "operator",
        "A test",
    )


async def test_a_suspended_tenant_appeals_once_and_is_answered(
    client: httpx.AsyncClient, operator: Tenant, tenant: Tenant
) -> None:
    await _set(client, operator, tenant)
    await _set(client, operator, tenant, stream="all")
    made = await client.post("/v1/appeals", json=_APPEAL, headers=tenant.headers)
    assert made.status_code == 201, made.text
    again = await client.post("/v1/appeals", json=_APPEAL, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "appeal_open")
    waiting = (await client.get("/v1/measures/appeals?limit=200", headers=operator.headers)).json()
    assert made.json()["id"] in {each["id"] for each in waiting["data"]}
    path = f"/v1/measures/appeals/{made.json()['id']}/answer"
    body = {"accept": True, "answer": "We looked at it."}
    answered = await client.post(path, json=body, headers=operator.headers)
    assert (answered.status_code, answered.json()["status"]) == (200, "accepted")
    twice = await client.post(path, json=body, headers=operator.headers)
    assert (twice.status_code, twice.json()["code"]) == (409, "appeal_answered")
    health = (await client.get("/v1/account/sending-health", headers=tenant.headers)).json()
    assert [(each["stream"], each["step"]) for each in health["measures"]] == [("broadcast", "warned")]
    assert (await client.get("/v1/appeals", headers=tenant.headers)).json()["data"][0]["answer"] == "We looked at it."


async def test_who_was_declined_waits_a_day(client: httpx.AsyncClient, operator: Tenant, tenant: Tenant) -> None:
    await _set(client, operator, tenant)
    made = (await client.post("/v1/appeals", json=_APPEAL, headers=tenant.headers)).json()
    body = {"accept": False, "answer": "Say where it is from."}
    await client.post(f"/v1/measures/appeals/{made['id']}/answer", json=body, headers=operator.headers)
    again = await client.post("/v1/appeals", json=_APPEAL, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "appeal_too_soon")


async def test_without_a_measure_there_is_nothing_to_appeal(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post("/v1/appeals", json=_APPEAL, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_appeal")


@pytest.mark.parametrize(
    "wanted",
    [
        {"step": "throttled", "stream": "all"},
        {"until": "9999-01-01T00:00:00Z"},
        {"reason": "two\nlines"},
        {"reason": "\0\0\0"},
        {"step": "gone"},
    ],
)
async def test_a_step_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, operator: Tenant, tenant: Tenant, wanted: dict[str, object]
) -> None:
    assert (await _set(client, operator, tenant, **wanted)).status_code == 422


async def test_nul_characters_in_an_appeal_are_refused(
    client: httpx.AsyncClient, operator: Tenant, tenant: Tenant
) -> None:
    await _set(client, operator, tenant)
    body = {"cause": "An old\0list was imported.", "changed": "The list is\0deleted."}
    assert (await client.post("/v1/appeals", json=body, headers=tenant.headers)).status_code == 400


async def test_only_operators_decide(client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant) -> None:
    assert (await _set(client, tenant, stranger)).status_code == 403


async def test_operators_own_accounts_have_no_measures(client: httpx.AsyncClient, operator: Tenant) -> None:
    assert (await _set(client, operator, operator)).status_code == 404


async def test_all_measures_are_listed_in_pages(
    client: httpx.AsyncClient, operator: Tenant, tenant: Tenant, stranger: Tenant
) -> None:
    for each in (tenant, stranger):
        await _set(client, operator, each)
    seen, after = [], ""
    while after is not None:
        path = f"/v1/measures?limit=1&after={after}" if after else "/v1/measures?limit=1"
        page = (await client.get(path, headers=operator.headers)).json()
        seen += [each["tenant_id"] for each in page["data"]]
        after = page["next"]
    assert {ids.encode("ten", each.id) for each in (tenant, stranger)} <= set(seen)
    assert len(seen) == len(set(seen))
    broken = await client.get("/v1/measures?after=x%00", headers=operator.headers)
    assert broken.status_code == 422
