"""PostgreSQL as two roles, and the transactions that bind row-level security to who is asking.

`tenant_tx` is a transaction of the role `fleetpost_app` for the tenant that `tenancy.acting_for` bound: without a
tenant it refuses, and Postgres would show no rows. Piccolo's queries inside it run on the same connection.
`fleet_tx` is a transaction of `fleetpost_fleet`, for work that crosses tenants by its nature: node state, claims,
events, sweeps. What either may do is said by the grants in the migrations.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TypeAlias
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from control_plane.core.connections import CONNECT_SECONDS, KEEP_PLANS, NO_JIT, find_row, in_transaction, savepoint
from control_plane.core.engine import Engine, leave_as_it_is
from control_plane.core.errors import FleetpostError, Unavailable
from control_plane.core.outbox import Outbox, OutboxSender
from control_plane.core.tenancy import bound_tenant

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"


class UnsafeRole(FleetpostError):
    """The database role could pass by row-level security: connect as fleetpost_app and fleetpost_fleet."""

    code = "unsafe_database_role"


class Transaction:
    """One open transaction, what is to be done last in it, and what is to be sent once it is committed."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        self.connection = connection
        self.outbox = outbox
        self._last_acts: list[Callable[[Transaction], Awaitable[None]]] = []

    def at_end(self, act: "Callable[[Transaction], Awaitable[None]]") -> None:
        """Do something right before the commit: what takes a lock that everybody wants."""
        self._last_acts.append(act)

    async def finish(self) -> None:
        """Do what `at_end` was asked for."""
        for act in self._last_acts:
            await act(self)

    @asynccontextmanager
    async def savepoint(self) -> "AsyncGenerator[Transaction]":
        """Do a part that may fail alone: nothing is left of it, its `at_end` included."""
        acts_before = len(self._last_acts)
        try:
            async with savepoint(self.connection):
                yield self
        except BaseException:
            del self._last_acts[acts_before:]
            raise


class _Joined:
    """The transaction around; a task that outlives it sees it closed and opens its own."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.open = True


_joined: ContextVar[_Joined | None] = ContextVar("joined", default=None)


class Database:
    """The two pools of one process. Open it in a lifespan; it checks its roles before the first use."""

    def __init__(self, engine: Engine, fleet_url: str, *, pool_size: int, sender: OutboxSender) -> None:
        self._engine = engine
        self._fleet_url = fleet_url
        self._pool_size = pool_size
        self._sender = sender
        self._fleet: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Connect both pools; raises `UnsafeRole` when a role could bypass row-level security."""
        await self._engine.open(self._pool_size)
        self._fleet = await asyncpg.create_pool(
            self._fleet_url,
            min_size=1,
            max_size=self._pool_size,
            server_settings=NO_JIT,
            reset=leave_as_it_is,
            timeout=CONNECT_SECONDS,
        )
        async with self._engine.begun() as connection:
            await refuse_unsafe_role(connection)
        async with self._fleet.acquire() as connection:
            await refuse_unsafe_role(connection)

    async def close(self) -> None:
        """Close both pools."""
        if self._engine.pool is not None:
            await self._engine.close_connection_pool()
        if self._fleet is not None:
            await self._fleet.close()

    @asynccontextmanager
    async def tenant_tx(self, *, keep_plans: bool = False) -> AsyncGenerator[Transaction]:
        """Open a transaction for the bound tenant, or a savepoint of the one that `joined_tx` opened around.

        Where the same statements are asked all the time, and the best way to answer them does not hang on the values,
        plans may be kept: with some partitions, making one takes longer than following it.
        """
        joined = _joined.get()
        if joined is not None and joined.open:
            async with joined.transaction.savepoint() as transaction:
                yield transaction
        else:
            async with self._app_tx(tenant_id=bound_tenant(), keep_plans=keep_plans) as transaction:
                yield transaction

    @asynccontextmanager
    async def joined_tx(self) -> AsyncGenerator[Transaction]:
        """Open a transaction for the bound tenant that every `tenant_tx` inside becomes a part of."""
        async with self._app_tx(tenant_id=bound_tenant()) as transaction:
            joined = _Joined(transaction)
            token = _joined.set(joined)
            try:
                yield transaction
            finally:
                joined.open = False
                _joined.reset(token)

    @asynccontextmanager
    async def user_tx(self, user_id: UUID) -> AsyncGenerator[Transaction]:
        """Open a transaction that sees a person's own memberships, and no tenant's data."""
        async with self._app_tx(user_id=user_id) as transaction:
            yield transaction

    @asynccontextmanager
    async def public_tx(self) -> AsyncGenerator[Transaction]:
        """Open a transaction that sees no tenant's data: for finding out who is asking."""
        async with self._app_tx() as transaction:
            yield transaction

    async def public_row(self, query: str, *values: object) -> asyncpg.Record | None:
        """Find one row as nobody, in one round trip: for what every request has to find out first."""
        assert self._engine.pool is not None, "the database is not open"
        with _unavailable_if_away():
            return await find_row(self._engine.pool, query, *values)

    @asynccontextmanager
    async def fleet_tx(self, *, keep_plans: bool = False) -> AsyncGenerator[Transaction]:
        """Open a transaction as the fleet role; plans may be kept as in `tenant_tx`."""
        assert self._fleet is not None, "the database is not open"
        outbox = Outbox()
        async with AsyncExitStack() as opened:
            with _unavailable_if_away():
                connection = await opened.enter_async_context(
                    in_transaction(self._fleet, KEEP_PLANS if keep_plans else "")
                )
            transaction = Transaction(connection, outbox)
            yield transaction
            await transaction.finish()
        await self._sender.send(outbox)

    @asynccontextmanager
    async def _app_tx(
        self, *, tenant_id: UUID | None = None, user_id: UUID | None = None, keep_plans: bool = False
    ) -> AsyncGenerator[Transaction]:
        outbox = Outbox()
        async with AsyncExitStack() as opened:
            with _unavailable_if_away():
                settings = _bound(tenant_id, user_id) + (f";{KEEP_PLANS}" if keep_plans else "")
                connection = await opened.enter_async_context(self._engine.begun(settings))
            transaction = Transaction(connection, outbox)
            yield transaction
            await transaction.finish()
        await self._sender.send(outbox)


def _bound(tenant_id: UUID | None, user_id: UUID | None) -> str:
    """Say both, always: whatever a connection was left with, this transaction is for whom it says.

    They are written into the statements, so each is asked for its digits: nothing but a UUID has such.
    """
    tenant, user = ("" if each is None else f"{each.int:032x}" for each in (tenant_id, user_id))
    return f"set local app.tenant_id = '{tenant}';set local app.user_id = '{user}'"


_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TooManyConnectionsError,
)


@contextmanager
def _unavailable_if_away() -> Generator[None]:
    try:
        yield
    except _AWAY as error:
        raise Unavailable("The database cannot be reached just now: try again in a moment.") from error


async def refuse_unsafe_role(connection: Connection) -> None:
    """Raise `UnsafeRole` if the connection's role is a superuser, may bypass policies, or owns a table."""
    unsafe = await connection.fetchval(
        """select r.rolsuper or r.rolbypassrls
                  or exists (select from pg_class c where c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'member'))
           from pg_roles r where r.rolname = current_user"""
    )
    if unsafe:
        raise UnsafeRole
