"""How an account's mail fares beside the thresholds, and what is in force for it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode
from control_plane.core.tenancy import bound_tenant
from control_plane.enforcement.decide import better_at
from control_plane.enforcement.queries import appeals as appeal_queries
from control_plane.enforcement.queries import measures as queries
from control_plane.enforcement.schemas import Measure, MeasureChange, SendingHealth, SendingRate, StreamHealth
from control_plane.enforcement.service import figures
from control_plane.enforcement.service.steps import standing_of
from control_plane.enforcement.service.views import appeal_view
from control_plane.ip_pools.schemas import STREAMS
from control_plane.tenants.service import restraints

_CHANGES = 50
_rates: msgspec.json.Decoder[tuple[SendingRate, ...]] = msgspec.json.Decoder(tuple[SendingRate, ...])


async def own(db: Database, clock: Clock) -> SendingHealth:
    """Give the bound tenant's."""
    async with db.tenant_tx() as tx:
        return await of(tx, bound_tenant(), clock.now())


async def of_client(db: Database, clock: Clock, client_id: str) -> SendingHealth:
    """Give that of a tenant below the bound one; raises `NotFound`."""
    wanted = decode("ten", client_id)
    if wanted == bound_tenant():
        raise NotFound
    async with db.tenant_tx() as tx:
        return await of(tx, wanted, clock.now())


async def of(tx: Transaction, tenant_id: UUID, now: datetime) -> SendingHealth:
    """Give a tenant's, to whoever may see it in this transaction; raises `NotFound`."""
    created = await queries.created_at(tx.connection, tenant_id)
    if created is None:
        raise NotFound
    rates = await figures.figures(tx, {tenant_id: created}, now)
    rows = await queries.of(tx.connection, [tenant_id])
    hour, day = await restraints.limits_in_force(tx, tenant_id)
    appeal = await appeal_queries.last(tx.connection, tenant_id)
    return SendingHealth(
        streams=tuple(StreamHealth(stream=stream, rates=rates.get((tenant_id, stream), ())) for stream in STREAMS),
        measures=tuple(measure_view(row) for row in rows if row["step"] != "none"),
        messages_hour=hour,
        messages_day=day,
        exempt_until=(await queries.exempt(tx.connection, [tenant_id], now)).get(tenant_id),
        appeal=None if appeal is None else appeal_view(appeal),
    )


async def history(tx: Transaction, tenant_id: UUID) -> tuple[MeasureChange, ...]:
    """List the steps that were taken with a tenant, newest first."""
    return tuple(MeasureChange(**row) for row in await queries.changes(tx.connection, tenant_id, _CHANGES))


async def steps_of(tx: Transaction, tenant_ids: Sequence[UUID]) -> dict[UUID, tuple[Measure, ...]]:
    """Give what is in force for some tenants."""
    found: dict[UUID, tuple[Measure, ...]] = {}
    for row in await queries.of(tx.connection, tenant_ids):
        if row["step"] != "none":
            found[row["tenant_id"]] = (*found.get(row["tenant_id"], ()), measure_view(row))
    return found


def measure_view(row: asyncpg.Record) -> Measure:
    """Show a measure."""
    return Measure(
        stream=row["stream"],
        step=row["step"],
        cause=row["cause"],
        since=row["since"],
        better_at=better_at(row["stream"], standing_of(row)),
        figures=_rates.decode(row["figures"]) if row["figures"] != "{}" else (),
        note=row["note"],
    )
