"""Odd ids, bodies and filters at every operation that the API's document names: refused, and never our failure."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

IDS = ("%00", "%ff", "msg_" + "0" * 26, "a" * 3000, "%F0%9F%98%80")
BODIES = (
    b"[" * 50_000,
    b'{"name":"\\ud800"}',
    b'{"name":"\xff"}',
    b'{"nobody_has_this":1}',
    b'{"limit":' + b"1" * 6000 + b"}",
    b"null",
)
VALUES = ("%00", "%FF", "9" * 400, "0001-01-01T00:00:00%2B23:59", "%F0%9F%98%80")
AT_ONCE = 8

Request = tuple[str, str, bytes | None]
Described = dict[str, Any]


def operations(document: Described) -> Iterator[tuple[str, str, Described]]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield method.upper(), path, described


def with_odd_ids(document: Described) -> Iterator[Request]:
    for method, path, described in operations(document):
        if "{" in path:
            body = b"{}" if "requestBody" in described else None
            yield from ((method, re.sub(r"\{\w+\}", odd, path), body) for odd in IDS)


def with_odd_bodies(document: Described) -> Iterator[Request]:
    for method, path, described in operations(document):
        if "application/json" in described.get("requestBody", {}).get("content", {}):
            yield from ((method, re.sub(r"\{\w+\}", "x", path), body) for body in BODIES)


def with_odd_filters(document: Described) -> Iterator[Request]:
    for method, path, described in operations(document):
        names = [each["name"] for each in described.get("parameters", ()) if each["in"] == "query"]
        if method == "GET" and "{" not in path:
            yield from ((method, f"{path}?{name}={odd}", None) for name in names for odd in VALUES)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("requests", "allowed"),
    [
        (with_odd_ids, {400, 401, 403, 404, 405, 409, 412, 413, 422, 428}),
        (with_odd_bodies, {400, 401, 403, 404, 405, 409, 412, 413, 422, 428}),
        (with_odd_filters, {200, 400, 403, 404, 422}),
    ],
)
async def test_what_makes_no_sense_is_refused_wherever_it_is_sent(
    client: httpx.AsyncClient, operator: Tenant, db: Database, requests: Any, allowed: set[int]
) -> None:
    with acting_for(operator.id):
        async with db.tenant_tx() as tx:  # else most would be told to come back later
            await tx.connection.execute("update api_keys set requests_per_minute = 1000000")
    document = (await client.get("/schema/openapi.json")).json()
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(method: str, url: str, body: bytes | None) -> str | None:
        async with turns:
            answer = await client.request(method, url, content=body, headers=operator.headers)
        is_fine = answer.status_code in allowed and (
            answer.is_success or "problem+json" in answer.headers["content-type"]
        )
        return (
            None
            if is_fine
            else f"{method} {url[:100]} {(body or b'')[:40]!r}: {answer.status_code} {answer.text[:100]}"
        )

    told = await asyncio.gather(*(ask(*each) for each in requests(document)))
    assert len(told) > 100, "the document names as many"
    assert [each for each in told if each] == []
