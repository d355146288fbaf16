"""The reference of the API at /docs/api, open to everybody."""

from html import unescape

import httpx
import pytest
from litestar import Litestar

from control_plane.core.openapi import as_list, as_object, as_text, document_of


async def test_every_operation_stands_on_its_resources_page(client: httpx.AsyncClient, app: Litestar) -> None:
    for path, methods in as_object(document_of(app)["paths"]).items():
        for operation in map(as_object, as_object(methods).values()):
            if operation["security"]:
                page = unescape((await client.get(f"/docs/api/{as_list(operation['tags'])[0]}")).text)
                assert f'id="{as_text(operation["operationId"])}"' in page
                assert path in page


async def test_an_operation_is_shown_with_its_body_and_how_to_ask(client: httpx.AsyncClient) -> None:
    page = unescape((await client.get("/docs/api/messages")).text)
    for told in (
        "to[].email",
        "Needs the scope",
        "messages:write",
        "curl -X POST 'http://fleetpost.test/v1/messages'",
        "client.send_message(types.NewMessage(",
        'types.EmailAddress(email="ann@acme.test", name="Ann")',
        "await client.sendMessage({",
        '"status": "accepted"',
    ):
        assert told in page


@pytest.mark.parametrize(
    ("words", "found", "not_found"),
    [("verify", "verifyDomain", "sendMessage"), ("post MESSAGES batch", "sendBatch", "getMessage")],
)
async def test_a_search_keeps_what_has_all_words(
    client: httpx.AsyncClient, words: str, found: str, not_found: str
) -> None:
    page = (await client.get("/docs/api", params={"query": words})).text
    assert f"#{found}" in page
    assert f"#{not_found}" not in page


async def test_a_search_for_nothing_that_is_there_leads_back(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/api", params={"query": "<b>x\0"})).text
    assert "Nothing matches" in page
    assert "<b>x" not in page


async def test_a_resource_that_there_is_not_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs/api/nothing", headers={"accept": "text/html"})
    assert answer.status_code == 404
