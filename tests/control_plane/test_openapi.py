import secrets
from typing import Any

import httpx
import pytest
from litestar import Litestar

from control_plane.core.body import Body
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.documents import Judge
from tests.control_plane.messages.messages import message


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200, answer.text
    schema: dict[str, Any] = answer.json()
    return schema


async def test_the_document_has_names_that_a_client_can_be_made_from(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    assert {"NewMessage", "Message", "MessageSummaryPage", "Problem", "NewWebhook"} <= schemas.keys()
    assert [name for name in schemas if not name.isalnum()] == []
    assert schemas["NewBatch"]["properties"]["messages"]["items"] == {"$ref": "#/components/schemas/NewMessage"}


async def test_every_operation_has_its_own_id_and_answers_errors_as_problems(document: dict[str, Any]) -> None:
    operations = [each for path in document["paths"].values() for each in path.values()]
    ids = [each["operationId"] for each in operations]
    assert len(ids) == len(set(ids))
    assert all("application/problem+json" in each["responses"]["default"]["content"] for each in operations)


async def test_only_the_public_api_is_described(document: dict[str, Any]) -> None:
    assert [path for path in document["paths"] if not path.startswith(("/v1/", "/healthz"))] == []


def test_every_body_refuses_unknown_fields(app: Litestar) -> None:
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    bodies = {handler.parsed_data_field.annotation for handler in handlers if handler.parsed_data_field is not None}
    public = {each for each in bodies if each.__module__.startswith("control_plane")}
    assert public
    assert [each for each in public if not issubclass(each, Body)] == []


def schema_of(document: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    """Give what the document says of an answer."""
    responses = document["paths"][path][method]["responses"]
    [content] = responses[str(status)]["content"].values()
    described: dict[str, Any] = content["schema"]
    return described


async def test_what_is_answered_is_what_is_described(
    client: httpx.AsyncClient,
    document: dict[str, Any],
    operator: Tenant,
    domain: str,
    tenant: Tenant,
    make_node: MakeNode,
) -> None:
    node, judge, seen = await make_node(), Judge(document), set()

    async def check(who: Tenant, method: str, path: str, body: object = None, **values: str) -> Any:
        answer = await client.request(method, path.format(**values), json=body, headers=who.headers)
        assert answer.is_success, answer.text
        seen.add((method, path))
        if answer.status_code != 204:
            assert judge.faults(answer.json(), schema_of(document, method, path, answer.status_code)) == []
        return answer.json() if answer.content else None

    await check(tenant, "get", "/v1/me")
    sent = await check(tenant, "post", "/v1/messages", message(domain, tags=["a"], metadata={"b": "c"}))
    await check(tenant, "get", "/v1/messages/{message_id}", message_id=sent["id"])
    await check(tenant, "post", "/v1/messages/batch", {"messages": [message(domain), {}]})
    hook = await check(tenant, "post", "/v1/webhooks", {"url": "http://127.0.0.1:1/"})
    await check(tenant, "post", "/v1/messages", message(domain))
    await check(tenant, "get", "/v1/webhooks/{webhook_id}", webhook_id=hook["id"])
    await check(tenant, "get", "/v1/webhooks/{webhook_id}/deliveries", webhook_id=hook["id"])
    added = await check(tenant, "post", "/v1/domains", {"name": f"d-{secrets.token_hex(5)}.test"})
    await check(tenant, "get", "/v1/domains/{domain_id}", domain_id=added["id"])
    box = await check(tenant, "post", "/v1/mailboxes", {"address": f"ann@{domain}", "password": "correct horse"})
    await check(tenant, "get", "/v1/mailboxes/{mailbox_id}", mailbox_id=box["id"])
    await check(tenant, "patch", "/v1/mailboxes/{mailbox_id}", {"name": "Ann"}, mailbox_id=box["id"])
    for path in ("/v1/messages", "/v1/webhooks", "/v1/domains", "/v1/mailboxes"):
        await check(tenant, "get", path)
    await check(operator, "get", "/v1/nodes/{node_id}", node_id=node.public_id)
    await check(operator, "get", "/v1/nodes")
    await check(operator, "post", "/v1/nodes/enrolment-tokens", {"node_id": node.public_id})
    await check(tenant, "delete", "/v1/mailboxes/{mailbox_id}", mailbox_id=box["id"])
    await check(tenant, "post", "/v1/domains/{domain_id}/verify", domain_id=added["id"])
    await check(tenant, "delete", "/v1/domains/{domain_id}", domain_id=added["id"])
    await check(tenant, "delete", "/v1/webhooks/{webhook_id}", webhook_id=hook["id"])
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert described - seen == {("get", "/healthz"), ("post", "/v1/nodes")}


ODD: tuple[Any, ...] = (None, 5, -1, 1e300, True, "", "\0", "x" * 5000, [], [None], {}, {"a": "\0"}, [[]], "null")


async def test_every_field_of_every_body_may_be_odd(
    client: httpx.AsyncClient, document: dict[str, Any], operator: Tenant
) -> None:
    """As a client that is made from the document might get it wrong: the answer is a success or a described problem."""
    judge, problem = Judge(document), {"$ref": "#/components/schemas/Problem"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" not in operation:
                continue
            [content] = operation["requestBody"]["content"].values()
            fields = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
            for body in ({name: odd} for name in fields for odd in ODD):
                answer = await client.request(
                    method, path.format(mailbox_id="mbx_x"), json=body, headers=operator.headers
                )
                assert answer.status_code < 500, (path, body)
                assert answer.is_success or judge.faults(answer.json(), problem) == []
