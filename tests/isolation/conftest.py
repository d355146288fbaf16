"""The world, made once per run."""

from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from tests.control_plane.conftest import make_node, send_mail  # noqa: F401  fixtures
from tests.isolation.crossing import Crossing
from tests.isolation.operations import Operation, operations_of
from tests.isolation.places import World, build, open_client, retire_nodes
from tests.isolation.superuser import superuser
from tests.web.conftest import make_person  # noqa: F401  a fixture


@pytest.fixture(scope="session")
async def world(runtime: Runtime, db: Database) -> AsyncGenerator[World]:
    yield await build(runtime)
    await retire_nodes(db)


@pytest.fixture(scope="session")
async def asking(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    """A client without credentials, for the whole run."""
    async with open_client(app) as opened:
        yield opened


@pytest.fixture(scope="session")
async def document(asking: httpx.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await asking.get("/schema/openapi.json")).json()
    return answer


@pytest.fixture(scope="session")
def operations(document: dict[str, Any]) -> list[Operation]:
    return operations_of(document)


@pytest.fixture(scope="session")
def crossing(asking: httpx.AsyncClient, world: World, operations: list[Operation]) -> Crossing:
    return Crossing(asking, world, operations)


@pytest.fixture(scope="session")
async def all_seeing(servers: dict[str, str]) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    """A connection as the superuser."""
    async with superuser(servers["FLEETPOST_OWNER_DATABASE_URL"]) as connection:
        yield connection


@pytest.fixture
async def second_world(
    runtime: Runtime, asking: httpx.AsyncClient, operations: list[Operation], world: object
) -> Crossing:
    """A world of its own: what a hole lets through is done."""
    crossing = Crossing(asking, await build(runtime), operations)
    await crossing.prepare()
    return crossing
