"""Piccolo's engine without its habits of connecting when it is made, and of losing connections that break."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from control_plane.core.connections import CONNECT_SECONDS, NO_JIT, in_transaction

_LONGEST_SECONDS = 20
"""What a tenant asks for is found by then, or narrowed: it must not keep the database busy for all."""
_HANGS_SECONDS = _LONGEST_SECONDS + 5
"""A database that has not even said so by then does not answer at all."""


async def leave_as_it_is(_: object) -> None:
    """Spare the round trip that resets a connection after use: settings and locks of ours end with a transaction."""


class Engine(PostgresEngine):
    """The application role's engine; it opens a pool in `Database.open`, and nothing before that."""

    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url}, extensions=())

    async def open(self, size: int) -> None:
        """Connect, with the limits that requests have and migrations do not."""
        await self.start_connection_pool(
            min_size=1,
            max_size=size,
            server_settings=NO_JIT | {"statement_timeout": f"{_LONGEST_SECONDS}s"},
            timeout=CONNECT_SECONDS,
            command_timeout=_HANGS_SECONDS,
            reset=leave_as_it_is,
        )

    @asynccontextmanager
    async def begun(self, settings: str = "") -> AsyncGenerator["PoolConnectionProxy[asyncpg.Record]"]:
        """Open a transaction that Piccolo's queries run in too, with settings; there is none around it."""
        assert self.pool is not None, "the database is not open"
        bound = PostgresTransaction(self, allow_nested=False)
        async with in_transaction(self.pool, settings) as connection:
            bound.connection = connection
            token = self.current_transaction.set(bound)
            try:
                yield connection
            finally:
                self.current_transaction.reset(token)

    async def check_version(self) -> None:
        """Leave the server's version to the migrations, which use what they need."""

    async def prep_database(self) -> None:
        """Make no extensions: none is used."""
