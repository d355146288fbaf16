from typing import Any

import httpx
import pytest
from litestar import Litestar

from control_plane.core.body import Body


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
