"""Every query of every feature, called in one tenant's name about another's things, under the application role.

Found by looking through the modules. A query that cannot be called like this fails: teach `calls.Examples` its type.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias
from uuid import UUID

import asyncpg
import msgspec
import pytest

import control_plane
from control_plane.core.database import Connection, Database, Transaction
from control_plane.core.errors import FleetpostError
from control_plane.core.tenancy import acting_for
from tests.cases import CASES
from tests.isolation.calls import Examples, NoExample
from tests.isolation.crossing import Crossing
from tests.isolation.places import Place
from tests.isolation.superuser import digests, tenant_tables
from tests.isolation.test_second_wall import open_policies

Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Query: TypeAlias = Callable[..., Awaitable[object]]

_REFUSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.RaiseError,
    asyncpg.ActiveSQLTransactionError,
    FleetpostError,
    AssertionError,
)


def queries() -> Iterator[Query]:
    """Find all queries."""
    for module in pkgutil.walk_packages(control_plane.__path__, "control_plane."):
        if "queries" not in module.name.split("."):
            continue
        loaded = importlib.import_module(module.name)
        for name, found in vars(loaded).items():
            own = inspect.iscoroutinefunction(found) and found.__module__ == loaded.__name__
            if own and not name.startswith("_"):
                yield found


FOR_ALL_TENANTS = frozenset(
    {
        "certificates.queries.certificates.for_front",
        "deliveries.queries.claims.pick_waiting",
        "ip_pools.queries.pooling.find",
        "moves.queries.batches.find_domain",
        "moves.queries.batches.find_mailbox",
        "tenants.queries.ending.end_grants",
        "tenants.queries.tree.cut_grants",
        "tenants.queries.tree.node",
        "tenants.queries.tree.whole",
        "dns_publishing.queries.publications.waiting",
        "suppressions.queries.end.expire",
        "suppressions.queries.imports.forget_uploads",
        "suppressions.queries.imports.waiting",
        "webhooks.queries.replays.running",
        "webhooks.queries.sending.due_webhooks",
    }
)
"""Queries of the fleet role, which work for all tenants: another role's policy is what keeps it out of them."""

_MAKES = ("add", "create", "insert", "store")
"""Names of queries that make something under an id that is given."""
_JSON = dict.fromkeys(
    (
        "before",
        "brand",
        "change",
        "changes",
        "data",
        "drifts",
        "event_data",
        "faults",
        "findings",
        "former",
        "heartbeat",
        "limits",
        "metadata",
        "response_headers",
        "notice",
        "schedule",
        "tags",
        "terms",
        "waves",
    ),
    "{}",
)
_TEXTS = {
    "address": "10.9.9.9",
    "source_ip": "10.9.9.9",
    "resource": "domains",
    "service_address": "10.9.9.9",
    "network": "10.0.0.0/8",
} | _JSON


class Victim(msgspec.Struct, frozen=True):
    """Whose things are asked for, and how they would be recognised."""

    examples: Examples
    marks: frozenset[str]


async def victim_of(connection: Superuser, place: Place, scope: Place) -> Victim:
    """Look up what there is of a tenant; queries that take a tenant's id get that of `scope`."""
    things: dict[str, UUID] = {}
    marks = {place.public_id, place.slug}  # not its bare id, which many answers repeat beside zeros
    for table in await tenant_tables(connection):
        found = await connection.fetch(f"select * from {table} where tenant_id = $1 order by 1, 2", place.id)
        with_ids = [row["id"] for row in found if isinstance(row.get("id"), UUID)]
        marks |= {str(each) for each in with_ids}
        if with_ids:
            things[table] = with_ids[0]
    texts = {"name": place.domain, "domain": place.domain, "table": "messages", "parent": "messages"} | _TEXTS
    return Victim(Examples(scope.id, things, texts), frozenset(marks))


async def findings(db: Database, connection: Superuser, stranger: Place, place: Place, scope: Place) -> list[str]:
    """Call each query as a stranger; list those that show something or change something."""
    victim, found = await victim_of(connection, place, scope), []
    first = before = await digests(connection, [place.id])
    for query in queries():
        name = f"{query.__module__.removeprefix('control_plane.')}.{query.__name__}"
        writes = Writes()
        shown = await call(db, query, stranger, victim, writes)
        found += [f"{name}: {shown}"] if shown else []
        if writes.any:  # what wrote nothing at all changed nothing, and need not be looked for in every table
            after = await digests(connection, [place.id])
            found += [f"{name}: changes {table}" for table, digest in after.items() if digest != before[table]]
            before = after
    if not found and await digests(connection, [place.id]) != first:
        found.append("something changed, and no query is known to have written")
    return found


class Writes:
    """Notes whether a transaction wrote: only then PostgreSQL gives it a number."""

    def __init__(self) -> None:
        self.any = False

    async def note(self, tx: Transaction) -> None:
        """Look, as the last thing before the commit."""
        self.any = await tx.connection.fetchval("select pg_current_xact_id_if_assigned() is not null")


async def call(db: Database, query: Query, stranger: Place, victim: Victim, writes: Writes) -> str | None:
    """Call a query as a stranger; say what it shows, or that it cannot be called."""
    signature = inspect.signature(query)
    try:
        with acting_for(stranger.id):
            async with db.tenant_tx() as tx:
                examples = victim.examples.fresh() if query.__name__.startswith(_MAKES) else victim.examples
                values = {name: _value(each, tx, examples) for name, each in signature.parameters.items()}
                result = await query(**values)
                tx.at_end(writes.note)
    except NoExample as unknown:
        return f"teach tests/isolation/calls.py this parameter: {unknown}"
    except _REFUSED:
        return None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, TypeError, ValueError) as error:
        return f"cannot be called with the examples of tests/isolation/calls.py: {error!r}"
    shown = [mark for mark in victim.marks if mark in repr(result).lower()]
    return f"shows {shown} in {result!r}" if shown else None


def _value(parameter: inspect.Parameter, tx: Transaction, examples: Examples) -> object:
    if parameter.annotation is Transaction:
        return tx
    if parameter.annotation == Connection:
        return tx.connection
    return examples.of(parameter.annotation, parameter.name)


def say(found: list[str]) -> None:
    """Fail with all findings, one a line."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


async def test_no_query_shows_or_changes_what_is_somebody_elses(
    second_world: Crossing, all_seeing: Superuser, db: Database
) -> None:
    world = second_world.world
    say(await findings(db, all_seeing, world.sibling, world.client, scope=world.client))
    CASES["queries under the application role"] = len(list(queries()))


async def test_no_query_leans_on_the_policies_alone(
    second_world: Crossing, all_seeing: Superuser, db: Database
) -> None:
    world = second_world.world
    async with open_policies(all_seeing):
        found = await findings(db, all_seeing, world.sibling, world.client, scope=world.sibling)
    say([each for each in found if each.partition(":")[0] not in FOR_ALL_TENANTS])
    CASES["queries with the policies open"] = len(list(queries()))
