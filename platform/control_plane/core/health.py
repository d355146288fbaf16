"""`/healthz`: can this process reach what it needs?"""

import asyncio
from http import HTTPStatus
from typing import Literal

import asyncpg
import msgspec
from litestar import Response, get
from redis.exceptions import RedisError

from control_plane.core import inject
from control_plane.core.errors import Unavailable

_PATIENCE_SECONDS = 2

State = Literal["ok", "unreachable"]


class Health(msgspec.Struct, frozen=True):
    """What is reachable; without the database nothing works, without Valkey things are slower to start."""

    database: State
    valkey: State


@get("/healthz")
async def healthz(runtime: inject.Runtime) -> Response[Health]:
    """Answer 200 when the database and Valkey answer, else 503."""
    database, valkey = await asyncio.gather(_database(runtime), _valkey(runtime))
    well = database == valkey == "ok"
    status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(Health(database, valkey), status_code=status.value, headers={"Cache-Control": "no-store"})


async def _database(runtime: inject.Runtime) -> State:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), runtime.db.public_tx() as tx:
            await tx.connection.execute("select 1")
    except (OSError, Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "unreachable"
    return "ok"


async def _valkey(runtime: inject.Runtime) -> State:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await runtime.valkey.ping()
    except (OSError, RedisError):
        return "unreachable"
    return "ok"


HANDLERS = [healthz]
