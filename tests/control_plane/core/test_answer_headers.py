"""Whatever is asked for, and however it goes wrong, the answer says how it wants to be treated."""

import httpx
import msgspec
import pytest
from litestar.types import Scope
from litestar.types.asgi_types import HTTPResponseStartEvent

from control_plane.core.answer_headers import AnswerHeaders
from control_plane.settings import Settings
from tests.conftest import Tenant

PATHS = ["/", "/sign-in", "/nothing", "/v1/me", "/v1/nothing", "/healthz", "/schema", "/oauth/token", "/agent/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_no_answer_can_be_framed_sniffed_or_made_to_run(
    client: httpx.AsyncClient, tenant: Tenant, path: str, accept: str
) -> None:
    answer = await client.get(path, headers=tenant.headers | {"accept": accept})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers.get("cache-control") == (None if path == "/schema" else "no-store")


async def test_what_a_page_says_itself_is_said_once(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", headers={"accept": "text/html"})
    for name in ("content-security-policy", "cache-control", "referrer-policy", "x-content-type-options"):
        assert len(answer.headers.get_list(name)) == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("public_url", "host", "told"),
    [
        ("https://mail.example.com", b"mail.example.com", True),
        ("https://mail.example.com", b"panel.agency.example", False),  # their own name, their own promise
        ("http://mail.example.com", b"mail.example.com", False),
    ],
)
async def test_browsers_are_told_to_stay_with_tls_where_there_is_tls(
    settings: Settings, public_url: str, host: bytes, *, told: bool
) -> None:
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": 200, "headers": []}
    scope: Scope = {"type": "http", "path": "/", "headers": [(b"host", host)]}  # type: ignore[assignment]
    await AnswerHeaders(msgspec.structs.replace(settings, public_url=public_url))(start, scope)
    assert (b"strict-transport-security" in dict(start["headers"])) is told
