"""Whatever is sent, the answer is a refusal that can be understood and never a failure of ours."""

import json

import httpx
import pytest

from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.nodes.test_routes import wanted

DEEP = b"[" * 50_000
PROBLEM = "application/problem+json"


def refused(answer: httpx.Response, *statuses: int) -> bool:
    return answer.status_code in statuses and answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "path", ["/v1/messages", "/v1/messages/batch", "/v1/webhooks", "/v1/mailboxes", "/v1/domains", "/v1/suppressions"]
)
@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        b'{"name":' + DEEP,
        b'{"subject":"\\ud800"}',  # half a character
        b'{"subject":"\xff"}',
        b'{"quota_bytes":' + b"1" * 6000 + b"}",
        b'{"quota_bytes":1e999}',
        b'{"quota_bytes":NaN}',
        b"null",
        b"[]",
        b"",
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, path: str, body: bytes
) -> None:
    assert refused(await client.post(path, content=body, headers=tenant.headers), 400, 422)


async def test_deep_nesting_is_refused_where_any_json_is_taken(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    odd = {"template": {"id": "tpl_1", "data": {"here": 0}}}
    body = json.dumps(message(domain) | odd).encode().replace(b"0}", DEEP + b"]" * len(DEEP) + b"}")
    assert refused(await client.post("/v1/messages", content=body, headers=tenant.headers), 400)


@pytest.mark.parametrize("item", [b'{"subject":"\\ud800"}', DEEP + b"]" * len(DEEP), b'{"subject":"\xff"}'])
async def test_what_makes_no_sense_in_a_batch_is_refused_and_sent_by_nobody(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, item: bytes
) -> None:
    body = b'{"messages":[' + item + b"," + json.dumps(message(domain)).encode() + b"]}"
    answer = await client.post("/v1/messages/batch", content=body, headers=tenant.headers)
    if answer.status_code == 200:
        odd, plain = answer.json()["results"]
        assert (odd["error"]["status"], plain["status"]) == (400, "accepted")
    else:
        assert refused(answer, 400)


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "a\x85b", "a\u2028b"])
async def test_a_mailbox_name_is_one_line(client: httpx.AsyncClient, tenant: Tenant, domain: str, name: str) -> None:
    new = {"address": f"ann@{domain}", "password": "correct horse", "name": name}
    answer = await client.post("/v1/mailboxes", json=new, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "name")


@pytest.mark.parametrize("name", ["recipient", "from", "tag", "status", "stream", "since", "until", "limit", "after"])
@pytest.mark.parametrize(
    "value",
    ["%00", "%FF", "9" * 400, "-1", "1e3", "NaN", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B23:59",
     "9999-12-31T23:59:59-23:59", "dom_" + "0" * 26, "msg_" + "v" * 26, "%F0%9F%98%80"],
)  # fmt: skip
async def test_odd_filters_find_nothing_or_are_refused(
    client: httpx.AsyncClient, tenant: Tenant, name: str, value: str
) -> None:
    answer = await client.get(f"/v1/messages?{name}={value}", headers=tenant.headers)
    assert answer.status_code == 200 or refused(answer, 400, 404, 422)


@pytest.mark.parametrize("what", ["messages", "mailboxes", "domains", "webhooks", "suppressions"])
@pytest.mark.parametrize(
    "odd", ["%00", "%ff", "x", "msg_", "nod_" + "0" * 26, "msg_" + "v" * 25 + "s", "%F0%9F%98%80", "a" * 5000]
)
async def test_ids_that_are_none_are_not_found(client: httpx.AsyncClient, tenant: Tenant, what: str, odd: str) -> None:
    assert refused(await client.get(f"/v1/{what}/{odd}", headers=tenant.headers), 404)


@pytest.mark.parametrize("secret", ["\0" * 56, "\x01" * 56, "é" * 56, "", "x", "v" * 55, "V" * 56])
async def test_odd_credentials_are_no_credentials(client: httpx.AsyncClient, secret: str) -> None:
    header = (b"authorization", b"Bearer fp_" + secret.encode("latin-1"))
    assert refused(await client.get("/v1/me", headers=[header]), 401)
    request = {"token": f"fpe_{secret}", "agent_version": "test"}
    assert refused(await client.post(wire.ENROL_PATH, json=request), 401)


@pytest.mark.parametrize("key", [b"\xff", b"a" * 257, b"", b"\t", b"\x7f"])
async def test_odd_idempotency_keys_are_refused(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, key: bytes
) -> None:
    headers = [(b"authorization", tenant.headers["Authorization"].encode()), (b"idempotency-key", key)]
    assert refused(await client.post("/v1/messages", json=message(domain), headers=headers), 422)


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "n1\n"},
        {"hostname": "n1.fleetpost.test\n"},
        {"region": "a\0"},
        {"service_address": "fe80::1%eth0"},
        {"service_address": "10.0.0.0/8"},
        {"ips": [{"address": "10.3.3.3", "stream": "transactional", "hostname": "out.test\nsmtp_tls_wrappermode=yes"}]},
        {"ips": [{"address": "10.3.3.3", "stream": "transactional", "hostname": "out.test"}] * 2},
    ],
)
async def test_nothing_odd_gets_into_a_nodes_configuration(
    client: httpx.AsyncClient, operator: Tenant, odd: dict[str, object]
) -> None:
    assert refused(await client.post("/v1/nodes", json=wanted(**odd), headers=operator.headers), 422)


@pytest.mark.parametrize("path", ["/static/%00", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/nothing%00"])
async def test_odd_paths_lead_nowhere(client: httpx.AsyncClient, path: str) -> None:
    assert refused(await client.get(path), 404)


@pytest.mark.parametrize("address", ["//[", "http://[", "%00", "%ff"])
async def test_an_odd_way_on_is_no_hindrance_to_sign_in(client: httpx.AsyncClient, address: str) -> None:
    assert (await client.get(f"/sign-in?next={address}")).status_code == 200


@pytest.mark.parametrize(
    "many",
    [
        {"to": [{"email": "bob@"}] * 2000},  # each is wrong, and none of them is looked at
        {"to": [{"email": 5}] * 2000},
        {"reply_to": [{"email": "bob@"}] * 2000},
        {"headers": {f"X {number}": "\n" for number in range(2000)}},
        {"metadata": {f"x{number}": "\0" for number in range(2000)}},
        {"tags": ["\n"] * 2000},
        {"attachments": [{"filename": "", "content_type": "", "content": ""}] * 2000},
    ],
)
async def test_of_far_too_much_only_that_is_said(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, many: dict[str, object]
) -> None:
    answer = await client.post("/v1/messages", json=message(domain) | many, headers=tenant.headers)
    assert [each["path"] for each in answer.json()["errors"]] == list(many)
