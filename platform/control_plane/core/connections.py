"""Transactions on pooled connections: the pool gets each connection back, whatever becomes of the database meanwhile.

A database that hangs is away, too. Nothing that it answers at once when it is well is waited for much longer, and a
connection on which something was is thrown away: the next one may reach a database that answers.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

CONNECT_SECONDS = 5
NO_JIT = {"jit": "off"}
"""Compiling a plan takes longer than any statement of ours: it was half of what an agency's page took."""
KEEP_PLANS = "set local plan_cache_mode = force_generic_plan"
_TURN_SECONDS = 20
"""How long is waited for a connection while all are in use."""
_AT_ONCE_SECONDS = 5

Found = TypeVar("Found")

_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@asynccontextmanager
async def in_transaction(
    pool: "asyncpg.Pool[asyncpg.Record]", settings: str = ""
) -> AsyncGenerator["PoolConnectionProxy[asyncpg.Record]"]:
    """Take a connection of the pool and open a transaction on it: committed at the end, or rolled back on any error.

    Its settings, statements that are our own words alone, are told with its beginning: each request begins one, and a
    round trip costs as much as a statement. Parts of it that may fail alone are for `savepoint`.
    The error stays the one that was raised, also when the connection is gone and cannot even be rolled back.
    """
    connection = await pool.acquire(timeout=_TURN_SECONDS)
    try:
        await _at_once(connection, connection.execute(f"begin;{settings}"))
        try:
            yield connection
        except BaseException:
            with contextlib.suppress(*_GONE):
                await _at_once(connection, connection.execute("rollback"))
            raise
        await connection.execute("commit")
    finally:
        with contextlib.suppress(asyncpg.InterfaceError):  # one that was closed has gone back by itself
            if connection.is_in_transaction():
                connection.terminate()  # nobody else is to find themselves in it
        await pool.release(connection, timeout=_AT_ONCE_SECONDS)


@asynccontextmanager
async def savepoint(
    connection: "PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]",
) -> AsyncGenerator[None]:
    """Do a part of a transaction that may fail alone: then nothing is left of it. One may stand in another."""
    await connection.execute("savepoint part")
    try:
        yield
    except BaseException:
        with contextlib.suppress(*_GONE):
            await connection.execute("rollback to savepoint part;release savepoint part")
        raise
    await connection.execute("release savepoint part")


async def find_row(pool: "asyncpg.Pool[asyncpg.Record]", query: str, *values: object) -> asyncpg.Record | None:
    """Find a row that is found at once, without a transaction around."""
    connection = await pool.acquire(timeout=_TURN_SECONDS)
    try:
        return await _at_once(connection, connection.fetchrow(query, *values))
    finally:
        await pool.release(connection, timeout=_AT_ONCE_SECONDS)


async def _at_once(connection: "PoolConnectionProxy[asyncpg.Record]", act: Awaitable[Found]) -> Found:
    try:
        async with asyncio.timeout(_AT_ONCE_SECONDS):
            return await act
    except (TimeoutError, asyncio.CancelledError):
        connection.terminate()
        raise
