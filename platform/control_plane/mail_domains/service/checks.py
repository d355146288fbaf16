"""Checks of a domain's DNS: the proof of ownership decides whether it may be used, the other records are reported.

The questions are asked outside any transaction; their answers are judged and written in one.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId, encode, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.mail_domains import names, records, schedule
from control_plane.mail_domains.errors import DomainTaken
from control_plane.mail_domains.queries import dkim_keys, domains, due, events
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.domains import CheckResult, DomainRow
from control_plane.mail_domains.resolver import Answer, DnsResolver, Resolver
from control_plane.mail_domains.schemas import DnsRecord, Domain
from control_plane.mail_domains.service import items
from control_plane.mail_domains.service.view import PREFIX, required_records, view
from control_plane.settings import Settings
from control_plane.webhooks import service as webhooks

_UNDER_WAY = timedelta(minutes=5)
_MOST_DUE = 100


class Checker(msgspec.Struct, frozen=True):
    """What a check works with."""

    db: Database
    vault: Vault
    settings: Settings
    clock: Clock
    resolver: Resolver


def checker(runtime: Runtime) -> Checker:
    """Give what this process checks with: real DNS."""
    resolver = DnsResolver(runtime.settings.nameservers)
    return Checker(runtime.db, runtime.vault, runtime.settings, runtime.clock, resolver)


async def check(means: Checker, domain_id: UUID) -> Domain:
    """Check a domain of the bound tenant now; raises `NotFound`, or `DomainTaken` if another tenant was first."""
    async with means.db.tenant_tx():
        row, keys = await _load(domain_id)
        require_domain(row.name)
    needed = required_records(row, keys, means.settings)
    answers = await _ask(means.resolver, records.questions(needed))
    judged = [records.judge(record, answers) for record in needed]
    async with means.db.tenant_tx() as tx:
        row, keys = await _load(domain_id, lock=True)
        await _conclude(tx, means, row, judged)
        row, keys = await _load(domain_id)
        return view(row, keys, means.settings)


async def check_if_due(means: Checker, domain_id: UUID) -> None:
    """Check a domain unless another worker is at it."""
    now = means.clock.now()
    async with means.db.tenant_tx() as tx:
        is_due = await due.postpone_if_due(tx.connection, domain_id, now, now + _UNDER_WAY)
    if is_due:
        await check(means, domain_id)


async def due_for_check(db: Database, clock: Clock) -> list[tuple[TenantId, UUID]]:
    """List the domains of all tenants that are to be checked."""
    async with db.fleet_tx() as tx:
        return await due.due(tx.connection, clock.now(), _MOST_DUE)


async def _load(domain_id: UUID, *, lock: bool = False) -> tuple[DomainRow, list[KeyRow]]:
    row = await domains.find(domain_id, lock=lock)
    if row is None:
        raise NotFound
    return row, await dkim_keys.keys_of([row.id])


async def _ask(resolver: Resolver, questions: set[records.Question]) -> dict[records.Question, Answer]:
    """Ask all questions at once; how long that may take is the resolver's business."""
    asked = list(questions)
    answers = await asyncio.gather(*(resolver.lookup(name, record_type) for name, record_type in asked))
    return dict(zip(asked, answers, strict=True))


async def _conclude(tx: Transaction, means: Checker, row: DomainRow, judged: list[DnsRecord]) -> None:
    """Write what was found; at the first proof, put the domain in force and tell of it."""
    now = means.clock.now()
    has_proof = any(record.purpose == "ownership" and record.status == "ok" for record in judged)
    newly_proven = has_proof and row.proven_at is None
    if newly_proven and await domains.proven_by_another(tx.connection, [row.name, *names.above(row.name)]):
        raise DomainTaken
    result = _result(row, judged, now, has_proof=has_proof)
    try:
        await domains.save_check(row.id, result)
    except asyncpg.UniqueViolationError as error:  # another tenant proved it at this very moment
        raise DomainTaken from error
    if result.status != row.status:
        before, after = {"status": row.status}, {"status": result.status}
        audit.record(tx, "domains.verify", encode(PREFIX, row.id), before=before, after=after)
    if newly_proven:
        await dkim_keys.activate_keys(row.id)
        row, keys = await _load(row.id)
        await items.publish(tx, means.vault, {row: keys})
        await _tell(tx, row, now)


def _result(row: DomainRow, judged: list[DnsRecord], now: datetime, *, has_proof: bool) -> CheckResult:
    proven_at = row.proven_at or (now if has_proof else None)
    failed = 0 if has_proof else row.checks_failed + 1
    following = schedule.next_check(now, proven=proven_at is not None, added_at=row.created_at, failed=failed)
    return CheckResult(
        status="verified" if proven_at else "pending" if following else "failed",
        proven_at=proven_at,
        checked_at=now,
        next_check_at=following,
        checks_failed=failed,
        findings=judged,
    )


async def _tell(tx: Transaction, row: DomainRow, now: datetime) -> None:
    """Store the event `domain.verified` and send it to the tenant's webhooks."""
    event_id, tenant_id, kind = new_uuid(), bound_tenant(), "domain.verified"
    data = msgspec.json.encode({"domain_id": encode(PREFIX, row.id), "name": row.name}).decode()
    await events.insert_event(tx.connection, event_id, kind, now, data)
    await webhooks.fan_out(tx, [tenant_id], [event_id], [kind])
