"""Cancel or release many messages at once: some within the request, the rest by a job that goes on where it stopped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.actor import acts_from_above
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.sandbox import is_test
from control_plane.core.tenancy import acting_for, allowed_domains, bound_tenant
from control_plane.deliveries import service as deliveries
from control_plane.messages.bulk_schemas import Act, BulkAct, ManyMessages
from control_plane.messages.errors import TooManyActs
from control_plane.messages.queries import acts
from control_plane.messages.queries import bulk as queries
from control_plane.messages.queries.acts import Waiting
from control_plane.messages.queries.bulk import Bounds, Doing, Wanted
from control_plane.messages.service import history
from control_plane.messages.service.allowance import HELD, SCHEDULED, least
from control_plane.messages.service.cancel import count_out
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES

PREFIX = "act"
BULK_JOB = "messages.bulk"
_AT_ONCE = 500
_MOST = 100
_ROUNDS = 200
_MOST_OPEN = 3
_SHOWN_FOR = timedelta(days=30)

Counts = tuple[int, int, int]
"""How many were done, kept and refused."""


async def act_on_many(db: Database, clock: Clock, act: Act, many: ManyMessages) -> BulkAct:
    """Begin an act and do the first few hundred deliveries of it; raises `Invalid`, `TooManyActs`."""
    now, act_id, tenant_id = clock.now(), ids.new_uuid(), bound_tenant()
    wanted, bounds = _wanted(act, many, now), Bounds(domains=tuple(allowed_domains()), only_sandbox=is_test())
    async with db.tenant_tx() as tx:
        if not await queries.has_room(tx.connection, tenant_id, _MOST_OPEN):
            raise TooManyActs
        await queries.insert(
            tx.connection, tenant_id, act_id, act, wanted, bounds, from_above=acts_from_above(), now=now
        )
        made = await _found(tx, act_id)
        audit.record(tx, f"messages.{act}_many", made.id, after={"matched": made.matched})
    await _step(db, now, act_id)
    async with db.tenant_tx() as tx:
        done = await _found(tx, act_id)
        if done.status == "running":
            tx.outbox.trigger(BULK_JOB)
    return done


async def find_act(db: Database, act_id: str) -> BulkAct:
    """Say how far an act is; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return await _found(tx, ids.decode(PREFIX, act_id))


async def go_on(db: Database, clock: Clock) -> None:
    """Go on with what is not finished, some of each tenant's in turn; safe to be killed and to run twice."""
    async with db.fleet_tx() as tx:
        running = await queries.running(tx.connection, _MOST)
    for _ in range(_ROUNDS):  # a sweep goes on where this stops
        running = [each for each in running if await _step_for(db, clock, *each)]
        if not running:
            break


async def forget_acts(db: Database, clock: Clock) -> None:
    """Forget what has been finished for long."""
    async with db.fleet_tx() as tx:
        await queries.forget(tx.connection, clock.now() - _SHOWN_FOR)


async def _step_for(db: Database, clock: Clock, tenant_id: UUID, act_id: UUID) -> bool:
    with acting_for(tenant_id):
        return await _step(db, clock.now(), act_id)


async def _found(tx: Transaction, act_id: UUID) -> BulkAct:
    row = await queries.find(tx.connection, bound_tenant(), act_id)
    if row is None:
        raise NotFound
    return _view(row)


async def _step(db: Database, now: datetime, act_id: UUID) -> bool:
    """Do some of an act in one transaction; says whether there may be more."""
    tenant_id = bound_tenant()
    async with db.tenant_tx() as tx:
        doing = await queries.lock(tx.connection, tenant_id, act_id)
        if doing is None:
            return False
        await quotas.hold(tx, *MESSAGES, now=now)  # before the deliveries, as everybody does who lets them go
        await quotas.hold(tx, HELD, SCHEDULED)
        picked = await queries.pick(tx.connection, tenant_id, doing, _AT_ONCE)
        counts = await (_cancel if doing.act == "cancel" else _release)(tx, doing, picked, now)
        after = (picked[-1].message_id, picked[-1].id) if picked else doing.after
        is_all = len(picked) < _AT_ONCE
        await queries.progress(tx.connection, tenant_id, act_id, after, counts, now if is_all else None)
    return not is_all


async def _cancel(tx: Transaction, doing: Doing, picked: Sequence[Waiting], now: datetime) -> Counts:
    del doing
    await queries.cancel(tx.connection, bound_tenant(), [each.id for each in picked], now)
    await count_out(tx, picked)
    await _tell(tx, "cancelled", picked, now)
    return len(picked), 0, 0


async def _release(tx: Transaction, doing: Doing, picked: Sequence[Waiting], now: datetime) -> Counts:
    """Let go what there is room for; what has none goes by itself, unless its stream is paused and stays so."""
    allowed = [each for each in picked if each.held_for == "quota" or doing.from_above]
    allowed = [each for each in allowed if each.held_for != "suspension"]
    room = least(await quotas.hold(tx, *MESSAGES, now=now))
    going = allowed if room is None else allowed[:room]
    kept = allowed[len(going) :]
    if kept:
        await queries.hold_for_quota(tx.connection, bound_tenant(), [each.id for each in kept])
    if going:
        await quotas.take(tx, dict.fromkeys(MESSAGES, len(going)), now)
        await quotas.give_back(tx, {HELD: len(going)})
        await acts.let_go(tx.connection, bound_tenant(), [each.id for each in going], now)
        await _tell(tx, "accepted", going, now)
        deliveries.await_turn(tx, {each.pool_id for each in going})
    return len(going), len(kept), len(picked) - len(allowed)


async def _tell(tx: Transaction, kind: str, picked: Sequence[Waiting], now: datetime) -> None:
    rows = [history.row(kind, each.message_id, each.id, each.recipient, each.pool_id) for each in picked]
    await history.tell(tx, rows, now)


def _wanted(act: Act, many: ManyMessages, now: datetime) -> Wanted:
    if bool(many.ids) == (many.filter is not None):
        raise Invalid(errors=(FieldError("ids", "Give either ids or a filter."),))
    until = ids.lower_bound(now)
    if many.filter is None:
        statuses = ("held",) if act == "release" else ("held", "scheduled", "accepted")
        return Wanted(statuses=statuses, message_ids=_ids(many.ids), before=_LAST)
    if act == "release" and many.filter.status != "held":
        raise Invalid(errors=(FieldError("filter.status", "Only what is held can be released."),))
    before = until if many.filter.before is None else min(ids.lower_bound(many.filter.before), until)
    return Wanted(
        statuses=(many.filter.status,), held_for=many.filter.held_for, stream=many.filter.stream, before=before
    )


_LAST = UUID(int=(1 << 128) - 1)


def _ids(public_ids: Sequence[str]) -> tuple[UUID, ...]:
    """Read ids; one that is nobody's, or somebody else's, is of no message."""
    found: list[UUID] = []
    for index, public_id in enumerate(public_ids):
        try:
            found.append(ids.decode("msg", public_id))
        except MalformedId as error:
            message = "This is not the id of a message: it begins with msg_."
            raise Invalid(errors=(FieldError(f"ids[{index}]", message),)) from error
    return tuple(found)


def _view(row: asyncpg.Record) -> BulkAct:
    return BulkAct(
        id=ids.encode(PREFIX, row["id"]),
        act=row["act"],
        status="running" if row["finished_at"] is None else "done",
        matched=row["matched"],
        done=row["done"],
        kept=row["kept"],
        refused=row["refused"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )
