"""Look at everybody's figures, and take the steps that follow; safe to be killed and to run twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.enforcement.decide import Decision, account_step, next_step
from control_plane.enforcement.measure import worst
from control_plane.enforcement.queries import measures as queries
from control_plane.enforcement.queries import tenants as tenant_queries
from control_plane.enforcement.schemas import Scope, SendingRate
from control_plane.enforcement.service import figures as measuring
from control_plane.enforcement.service.steps import Steps, Taken, standing_of
from control_plane.enforcement.thresholds import WEEK
from control_plane.ip_pools.schemas import STREAMS, Stream

MANY = 10
"""Bounces in two hours from which on somebody is looked at every time."""
_ENOUGH_A_DAY = 20_000
"""Who may send so many a day has shown enough."""
_KEPT = timedelta(days=400)

Findings: TypeAlias = dict[Stream, tuple[SendingRate, ...]]

_log = structlog.get_logger()


async def sweep(db: Database, clock: Clock, least: int = MANY) -> int:
    """Take the steps that are due, of all who had so many bounces lately; gives with how many tenants."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        tenant_ids = await measuring.suspects(tx, least, now)
        findings = await _findings(tx, tenant_ids, now)
        due = await _due(tx, findings, tenant_ids, now)
        bad = [(tenant_id, stream) for tenant_id, found in findings.items() for stream, rates in found.items() if rates]
        await queries.reviewed(tx.connection, tenant_ids, bad, now)
    for tenant_id in due:
        try:
            await _take(db, clock, tenant_id, findings.get(tenant_id, {}))
        except Exception:  # noqa: BLE001 whatever it is, the others are seen to
            _log.exception("a tenant's measures were not changed", action="enforcement.failed", tenant=str(tenant_id))
    return len(due)


async def grow(db: Database, clock: Clock) -> int:
    """Let those send more a day who are new and sent well yesterday; gives how many."""
    yesterday = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    async with db.fleet_tx() as tx:
        return await tenant_queries.grow(tx.connection, yesterday, _ENOUGH_A_DAY)


async def forget(db: Database, clock: Clock) -> None:
    """Delete history of more than a year ago."""
    async with db.fleet_tx() as tx:
        await queries.forget_changes(tx.connection, clock.now() - _KEPT)


async def _findings(
    tx: Transaction, tenant_ids: list[UUID], now: datetime
) -> dict[UUID, dict[Stream, tuple[SendingRate, ...]]]:
    """Give each tenant's bad figures; who is trusted has none."""
    known = await tenant_queries.standing(tx.connection, tenant_ids, now - WEEK)
    exempt = await queries.exempt(tx.connection, tenant_ids, now)
    created = {tenant_id: row["created_at"] for tenant_id, row in known.items() if tenant_id not in exempt}
    found: dict[UUID, Findings] = {}
    for (tenant_id, stream), rates in (await measuring.figures(tx, created, now)).items():
        found.setdefault(tenant_id, {})[stream] = measuring.bad(rates)
    return found


async def _due(tx: Transaction, findings: Mapping[UUID, Findings], tenant_ids: list[UUID], now: datetime) -> list[UUID]:
    """Say with whom there is a step to be taken."""
    rows = {(row["tenant_id"], row["stream"]): row for row in await queries.of(tx.connection, tenant_ids)}

    def decisions(tenant_id: UUID) -> list[Decision | None]:
        found = findings.get(tenant_id, {})
        standings = [standing_of(rows.get((tenant_id, stream))) for stream in STREAMS]
        steps = [
            next_step(standing, worst(found.get(stream, ())), now)
            for stream, standing in zip(STREAMS, standings, strict=True)
        ]
        return [*steps, account_step(standing_of(rows.get((tenant_id, "all"))), standings, now)]

    return [tenant_id for tenant_id in tenant_ids if any(decisions(tenant_id))]


async def _take(db: Database, clock: Clock, tenant_id: UUID, found: Findings) -> None:
    """Decide once more, with everything locked, and take the steps."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        steps = await Steps.begin(tx, clock, tenant_id)
        for stream in STREAMS:
            rates = found.get(stream, ())
            decision = next_step(steps.standing(stream), worst(rates), now)
            if decision is not None:
                steps.take(Taken(scope=stream, decision=decision, figures=rates))
        account: Scope = "all"
        whole = account_step(steps.standing(account), [steps.standing(stream) for stream in STREAMS], now)
        if whole is not None:
            steps.take(Taken(scope=account, decision=whole))
        if await steps.finish():
            await steps.tell(db)
