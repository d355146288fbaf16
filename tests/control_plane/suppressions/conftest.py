"""Addresses on a tenant's list."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Tenant

Suppress = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def suppress(client: httpx.AsyncClient) -> Suppress:
    """Put an address on a list: `await suppress(tenant, "bob@else.test", reason="complaint")` gives the entry."""

    async def put(tenant: Tenant, email: str, **fields: object) -> dict[str, Any]:
        answer = await client.post("/v1/suppressions", json={"email": email, **fields}, headers=tenant.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return put
