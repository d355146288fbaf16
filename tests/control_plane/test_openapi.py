import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from control_plane.core.body import Body
from tests.conftest import Tenant
from tests.control_plane.documents import Judge


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


async def test_every_resource_is_described_and_every_operation_says_which_scope_it_needs(
    document: dict[str, Any],
) -> None:
    """A new resource needs a sentence in `core/openapi/tags.py`."""
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert {tag for each in operations for tag in each["tags"]} == {tag["name"] for tag in document["tags"]}
    without = {each["operationId"] for each in operations if each["security"] and not each["security"][0]["key"]}
    assert without == {"getMe"}


async def test_only_the_public_api_is_described(document: dict[str, Any]) -> None:
    assert [path for path in document["paths"] if not path.startswith(("/v1/", "/healthz"))] == []


def test_every_body_refuses_unknown_fields(app: Litestar) -> None:
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    bodies = {handler.parsed_data_field.annotation for handler in handlers if handler.parsed_data_field is not None}
    public = {each for each in bodies if each.__module__.startswith("control_plane")}
    assert public
    assert [each for each in public if not issubclass(each, Body)] == []


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
                address = re.sub(r"\{\w+\}", "x", path)
                answer = await client.request(method, address, json=body, headers=operator.headers)
                assert answer.status_code < 500, (path, body)
                assert answer.is_success or judge.faults(answer.json(), problem) == []
