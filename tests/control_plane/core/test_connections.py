"""Connections of a pool on a real PostgreSQL that breaks off, hangs, and comes back."""

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncGenerator

import asyncpg
import pytest
from asyncpg.pool import PoolConnectionProxy

from control_plane.core import connections
from control_plane.core.connections import find_row, in_transaction, savepoint

Pool = asyncpg.Pool

_END_MYSELF = "select pg_terminate_backend(pg_backend_pid())"
_ENDED = (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)
_REFUSED_AT_COMMIT = (
    "create temporary table refused (number int)",
    "create function pg_temp.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
    """create constraint trigger refuse after insert on refused deferrable initially deferred
       for each row execute function pg_temp.refuse()""",
    "insert into refused values (1)",
)


@pytest.fixture
async def pool(servers: dict[str, str]) -> AsyncGenerator["Pool"]:
    """A pool with one connection: whoever loses it stops everybody."""
    opened = await asyncpg.create_pool(servers["DATABASE_URL"], min_size=1, max_size=1)
    yield opened
    opened.terminate()


async def backend(pool: "Pool") -> int:
    row = await find_row(pool, "select pg_backend_pid()")
    assert row is not None
    return int(row[0])


async def test_a_connection_that_is_lost_in_the_middle_is_replaced(pool: "Pool") -> None:
    for _ in range(3):
        with pytest.raises(_ENDED):
            async with in_transaction(pool) as connection:
                await connection.execute(_END_MYSELF)
    assert await backend(pool)


async def test_the_error_inside_is_told_though_the_connection_is_gone_as_well(pool: "Pool") -> None:
    async def fail() -> None:
        async with in_transaction(pool) as connection:
            with pytest.raises(_ENDED):
                await connection.execute(_END_MYSELF)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await backend(pool)


async def test_a_commit_that_is_refused_costs_no_connection(pool: "Pool") -> None:
    async def refused() -> None:
        async with in_transaction(pool) as connection:
            for statement in _REFUSED_AT_COMMIT:
                await connection.execute(statement)

    for _ in range(2):
        with pytest.raises(asyncpg.RaiseError):
            await refused()
    assert await backend(pool)


async def test_who_is_cancelled_leaves_no_transaction_behind(pool: "Pool") -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        async with in_transaction(pool) as connection:
            await connection.execute("select set_config('app.tenant_id', gen_random_uuid()::text, true)")
            begun.set()
            await connection.execute("select pg_sleep(60)")

    task = asyncio.create_task(wait())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    row = await find_row(pool, "select app_tenant() as tenant, pg_current_xact_id_if_assigned() as open")
    assert row is not None
    assert row["tenant"] is row["open"] is None


async def test_settings_are_there_from_the_beginning_and_end_with_the_transaction(pool: "Pool") -> None:
    tenant = uuid.uuid4()
    async with in_transaction(pool, f"set local app.tenant_id = '{tenant}'") as connection:
        assert await connection.fetchval("select app_tenant()") == tenant
    row = await find_row(pool, "select app_tenant()")
    assert row is not None
    assert row[0] is None


async def test_settings_that_cannot_be_made_leave_no_transaction_behind(pool: "Pool") -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with in_transaction(pool, "set local app.tenant_id = "):
            pytest.fail("it has not begun")
    assert await backend(pool)


async def test_a_part_that_fails_leaves_nothing_and_the_rest_stays(pool: "Pool") -> None:
    async def fail(connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
        async with savepoint(connection):
            await connection.execute("insert into part values (2)")
            async with savepoint(connection):
                await connection.execute("insert into part values (3)")
            await connection.execute("insert into nowhere values (4)")

    async with in_transaction(pool) as connection:
        await connection.execute("create temporary table part (number int) on commit drop")
        async with savepoint(connection):
            await connection.execute("insert into part values (1)")
        with pytest.raises(asyncpg.UndefinedTableError):
            await fail(connection)
        async with savepoint(connection):
            await connection.execute("insert into part values (5)")
        rows = await connection.fetch("select number from part order by number")
    assert [row[0] for row in rows] == [1, 5]


async def test_a_database_that_hangs_is_given_up(pool: "Pool", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_AT_ONCE_SECONDS", 0.2)
    process = await backend(pool)
    os.kill(process, signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            async with in_transaction(pool):
                pytest.fail("it hangs")
        assert await backend(pool) != process
    finally:
        os.kill(process, signal.SIGCONT)
