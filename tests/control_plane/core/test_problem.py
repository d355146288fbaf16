import httpx
import pytest
from litestar.exceptions import TooManyRequestsException

from control_plane.core.errors import TooMany
from control_plane.core.problem import as_ours, headers_of, problem_of
from tests.conftest import Tenant


async def test_a_body_that_is_not_json_is_malformed(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for body in (b"{", b"\xff", b'{"from": "\xff"}'):
        answer = await client.post("/v1/messages", content=body, headers=tenant.headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_a_missing_body_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post("/v1/messages", headers=tenant.headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_numbers_are_not_taken_for_text_nor_text_for_numbers(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post("/v1/webhooks", json={"url": 5, "events": "*"}, headers=tenant.headers)
    assert {each["path"] for each in answer.json()["errors"]} == {"url", "events"}


async def test_every_answer_has_an_id_to_ask_about(client: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/v1/me", "/healthz"):
        answer = await client.get(path)
        assert answer.headers["x-request-id"]
        if answer.status_code >= 400:
            assert answer.json()["instance"] == answer.headers["x-request-id"]


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.get("/v1/messages?limit=0&since=yesterday", headers=tenant.headers)
    assert {each["path"] for each in answer.json()["errors"]} == {"limit", "since"}


async def test_an_unknown_parameter_is_named(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.get("/v1/messages?recipent=bob@else.test", headers=tenant.headers)
    assert [each["path"] for each in answer.json()["errors"]] == ["recipent"]


async def test_a_method_that_is_not_there_is_named(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.put("/v1/messages", json={}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("secret")])
def test_our_own_faults_keep_their_details_to_themselves(error: Exception) -> None:
    problem = problem_of(as_ours(error))
    assert (problem.status, problem.code) == (500, "internal_error")
    assert "secret" not in str(problem)


def test_too_many_says_how_long_to_wait() -> None:
    assert headers_of(TooMany(retry_after_seconds=7)) == {"Retry-After": "7"}
    assert headers_of(as_ours(TooManyRequestsException())) == {"Retry-After": "60"}
