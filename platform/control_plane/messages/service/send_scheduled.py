"""Let scheduled mail go when it is due: some of each tenant's in turn, transactional mail first, each once.

What a limit allows is asked now, and not when it was scheduled: what is beyond it is held like any other mail. Domains
and suppressions are asked again, too.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.mail_domains import service as mail_domains
from control_plane.messages.addresses import domain_of
from control_plane.messages.events import suppressed_data
from control_plane.messages.queries import scheduled as queries
from control_plane.messages.queries.scheduled import DueDelivery, Went
from control_plane.messages.service import history
from control_plane.messages.service.allowance import HELD, SCHEDULED, least
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES
from control_plane.sandbox import service as sandbox
from control_plane.sandbox.heeding import heeded
from control_plane.suppressions import service as suppressions

_AT_ONCE = 500
_TURNS = 10
"""After so many tenants, transactional mail is looked for again."""
_ROUNDS = 200
_NO_ROOM_WAIT = timedelta(minutes=1)


class _Going(msgspec.Struct, frozen=True):
    """A delivery, and what becomes of it."""

    delivery: DueDelivery
    status: Went
    event_data: str = "{}"


async def send_scheduled(db: Database, clock: Clock) -> int:
    """Let go what is due, for every tenant that has something due; gives how many deliveries."""
    sent = 0
    for _ in range(_ROUNDS):  # a sweep goes on where this stops
        async with db.fleet_tx() as tx:
            turns = await queries.turns(tx.connection, clock.now(), _TURNS)
        before = sent
        for tenant_id, pool_id in turns:
            with acting_for(tenant_id):
                sent += await _serve(db, clock.now(), pool_id)
        if sent == before:  # nothing is due, or others see to it
            break
    return sent


async def _serve(db: Database, now: datetime, pool_id: UUID) -> int:
    """Let some of the bound tenant's due mail go, in one transaction that holds the counters from the start."""
    tenant_id = bound_tenant()
    async with db.tenant_tx() as tx:
        if not await queries.lock_turn(tx.connection, tenant_id, pool_id):
            return 0
        room = None if pool_id == SANDBOX_POOL else least(await quotas.hold(tx, *MESSAGES, now=now))
        [hold_room] = [count.room for count in await quotas.hold(tx, HELD, SCHEDULED) if count.resource == HELD]
        due = await queries.due(tx.connection, tenant_id, pool_id, now, _AT_ONCE)
        going = decide(due, await _refusals(tx, due), room, hold_room)
        if going:
            await _let_go(tx, pool_id, going, now)
        again_at = now + _NO_ROOM_WAIT if len(going) < len(due) else None
        await queries.served(tx.connection, tenant_id, pool_id, now, again_at)
    return len(going)


async def _refusals(tx: Transaction, due: Sequence[DueDelivery]) -> Mapping[UUID, tuple[Went, str]]:
    """Say of what may not be sent any more what becomes of it, and what its event says."""
    domains = await mail_domains.sending_domains(tx, {domain_of(each.sender) for each in due})
    by_stream: dict[str, set[str]] = defaultdict(set)
    for each in due:
        by_stream[each.stream].add(each.recipient)
    reasons = {
        stream: heeded(await suppressions.check(tx, stream, emails), emails) for stream, emails in by_stream.items()
    }
    refusals: dict[UUID, tuple[Went, str]] = {}
    for each in due:
        domain, reason = domains[domain_of(each.sender)], reasons[each.stream].get(each.recipient.lower())
        if isinstance(domain, Refused):
            refusals[each.id] = "failed", msgspec.json.encode({"reply": domain.errors[0].message}).decode()
        elif reason is not None:
            refusals[each.id] = "suppressed", suppressed_data(reason)
    return refusals


def decide(
    due: Sequence[DueDelivery],
    refusals: Mapping[UUID, tuple[Went, str]],
    room: int | None,
    hold_room: int | None,
) -> list[_Going]:
    """Say what becomes of each, in order; what there is no room for at all is left out and stays scheduled."""
    going: list[_Going] = []
    counts: Counter[Went] = Counter()
    for each in due:
        if each.id in refusals:
            going.append(_Going(each, *refusals[each.id]))
            continue
        status: Went = "accepted" if room is None or counts["accepted"] < room else "held"
        if status == "held" and hold_room is not None and counts["held"] >= hold_room:
            continue
        counts[status] += 1
        going.append(_Going(each, status))
    return going


async def _let_go(tx: Transaction, pool_id: UUID, going: Sequence[_Going], now: datetime) -> None:
    counts = Counter(each.status for each in going)
    await queries.let_go(
        tx.connection, bound_tenant(), [each.delivery.id for each in going], [each.status for each in going], now
    )
    if counts["accepted"] and pool_id == SANDBOX_POOL:
        tx.outbox.trigger(sandbox.PLAY_JOB)
    elif counts["accepted"]:
        await quotas.take(tx, dict.fromkeys(MESSAGES, counts["accepted"]), now)
        deliveries.await_turn(tx, {pool_id})
    if counts["held"]:
        await quotas.take(tx, {HELD: counts["held"]})
    await quotas.give_back(tx, {SCHEDULED: len(going)})
    rows = [
        history.row(
            each.status, each.delivery.message_id, each.delivery.id, each.delivery.recipient, pool_id, each.event_data
        )
        for each in going
    ]
    await history.tell(tx, rows, now)
