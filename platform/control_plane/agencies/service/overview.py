"""All clients of an agency, or all tenants, with how they do: some statements, however many they are."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from control_plane.agencies import health
from control_plane.agencies.queries import overview as queries
from control_plane.agencies.schemas import ClientRow, DomainCounts, Facts, Overview
from control_plane.analytics import service as analytics
from control_plane.analytics.schemas import Counts, Fared
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.tenancy import bound_tenant

MOST = 20_000
"""So many tenants are looked at; beyond that, a search narrows it down."""

SORTS: dict[str, Callable[[ClientRow], tuple[object, ...]]] = {
    "name": lambda row: (row.facts.name.lower(),),
    "health": lambda row: (health.LEVELS.index(row.health.level), -row.fared.month.deliveries),
    "day": lambda row: (row.fared.day.deliveries,),
    "month": lambda row: (row.fared.month.deliveries,),
    "bounces": lambda row: (row.fared.month.bounce_rate,),
    "complaints": lambda row: (row.fared.month.complaint_rate,),
    "domains": lambda row: (-row.domains.failed, -row.domains.attention, -row.domains.pending, -row.domains.verified),
    "quota": lambda row: (row.quota or 0.0,),
    "activity": lambda row: (row.fared.last_at.timestamp() if row.fared.last_at else 0.0,),
}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which clients, in which order."""

    query: str = ""
    level: str = ""
    status: str = ""
    direct: bool = False
    """Only the agency's own, not those of agencies below it."""
    sort: str = "health"
    """One of `SORTS`, with `-` in front for the opposite order."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Ids with names, for forms."""

    plans: tuple[tuple[str, str], ...]
    agencies: tuple[tuple[str, str], ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The clients that fit, the totals over all that are there, and some clients' course of the day."""

    rows: list[ClientRow]
    overview: Overview
    courses: dict[UUID, list[int]]
    """Deliveries of the last 24 hours, of the clients on the page."""


async def clients(db: Database, clock: Clock, wanted: Wanted, first: int, count: int) -> Found:
    """Give the clients below the bound tenant; courses for a page of `count` from `first` on."""
    async with db.tenant_tx() as tx:
        return await _found(tx, clock, bound_tenant(), wanted, first, count)


async def everybody(db: Database, clock: Clock, wanted: Wanted, first: int, count: int) -> Found:
    """Give all tenants of the platform, for its operator."""
    async with db.fleet_tx() as tx:
        return await _found(tx, clock, None, wanted, first, count)


async def one(db: Database, clock: Clock, client_id: UUID) -> tuple[ClientRow, Overview]:
    """Give one client below the bound tenant, and its day; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        found = await queries.facts(tx.connection, bound_tenant(), direct=False, query="", limit=1, only=client_id)
        if not found:
            raise NotFound
        rows = await _rows(tx, clock, found)
        return rows[0], await _overview(tx, clock, rows)


async def _found(tx: Transaction, clock: Clock, root: UUID | None, wanted: Wanted, first: int, count: int) -> Found:
    facts = await queries.facts(tx.connection, root, direct=wanted.direct, query=wanted.query, limit=MOST)
    rows = await _rows(tx, clock, facts)
    chosen = choose(rows, wanted)
    shown = [row.facts.id for row in chosen[first : first + count]]
    courses = await analytics.courses(tx, shown, clock.now()) if shown else {}
    return Found(rows=chosen, overview=await _overview(tx, clock, rows), courses=courses)


async def _rows(tx: Transaction, clock: Clock, facts: Sequence[Facts]) -> list[ClientRow]:
    fared = await analytics.fared(tx, [each.id for each in facts], clock.now())
    domains, limits = await queries.domains(tx.connection), await queries.limits(tx.connection, clock.now())
    none = DomainCounts()
    return [_row(each, fared[each.id], domains.get(each.id, none), limits.get(each.id)) for each in facts]


def _row(facts: Facts, fared: Fared, domains: DomainCounts, quota: float | None) -> ClientRow:
    judged = health.judge(facts, fared, domains, quota)
    return ClientRow(facts=facts, fared=fared, domains=domains, quota=quota, health=judged)


async def _overview(tx: Transaction, clock: Clock, rows: Sequence[ClientRow]) -> Overview:
    since = analytics.day_start(clock.now())
    hours = await analytics.buckets(tx, [row.facts.id for row in rows], "hour", since)
    return Overview(
        clients=len(rows),
        troubled=sum(row.health.level in ("bad", "warning") for row in rows),
        day=sum((bucket.counts for bucket in hours), Counts()),
        month=sum((row.fared.month for row in rows if row.fared.month.deliveries), Counts()),
        hours=hours,
    )


async def choices(db: Database) -> Choices:
    """Give what a client of the bound tenant can be given, and where it can be."""
    async with db.tenant_tx() as tx:
        plans, agencies = await queries.plans(tx.connection), await queries.agencies(tx.connection)
    return Choices(
        plans=tuple((ids.encode("pln", row["id"]), row["name"]) for row in plans),
        agencies=tuple((ids.encode("ten", row["id"]), row["name"]) for row in agencies),
    )


def choose(rows: Sequence[ClientRow], wanted: Wanted) -> list[ClientRow]:
    """Keep what fits, in the order that is wanted; where that says nothing, by name."""
    fitting = [
        row for row in rows if wanted.level in ("", row.health.level) and wanted.status in ("", row.facts.status)
    ]
    name = wanted.sort.removeprefix("-")
    return sorted(fitting, key=SORTS.get(name, SORTS["health"]), reverse=wanted.sort.startswith("-"))
