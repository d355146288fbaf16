"""The work of a publication: compare, apply, take back.

Each step is kept as soon as it is done, so that a worker that dies loses none: the next one takes the publication up
where it was.
"""

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound, Refused, Unavailable
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime
from control_plane.dns_publishing.channels import of_publication
from control_plane.dns_publishing.plan import Step, compare
from control_plane.dns_publishing.providers import ProviderProblem, Zone, open_zone
from control_plane.dns_publishing.providers.kinds import DIALECTS
from control_plane.dns_publishing.published import entries
from control_plane.dns_publishing.queries import connections
from control_plane.dns_publishing.queries import publications as queries
from control_plane.dns_publishing.record_sets import RecordSet, by_name, values_at
from control_plane.dns_publishing.schemas import Decisions, PublicationStatus
from control_plane.dns_publishing.service.connections import means_of, opened_credentials
from control_plane.dns_publishing.service.publications import PREFIX, WORK_JOB, decide
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain

_LEASE = timedelta(minutes=5)
_SECONDS = 240
_STEP_SECONDS = 60
_MOST_WAITING = 50
_MOST_AT_ONCE = 4
"""Of one tenant: its provider may be as slow as it likes, and workers have others to work for."""
_CHANGED = "The record was changed by somebody else meanwhile: compare again."
_SLOW = "The provider did not answer in time: go on when it is back."

_log = structlog.get_logger()


class _Work(msgspec.Struct, frozen=True):
    """A publication that this worker has claimed."""

    runtime: Runtime
    id: UUID
    row: asyncpg.Record
    domain: Domain
    zone: Zone
    by_hand: Collection[str]


async def work(runtime: Runtime, publication_id: UUID) -> None:
    """Do what a publication of the bound tenant is about, unless another worker does."""
    now = runtime.clock.now()
    async with runtime.db.tenant_tx() as tx:
        row = await queries.claim(tx, publication_id, now, now + _LEASE, _MOST_AT_ONCE)
    if row is None:
        return
    try:
        async with asyncio.timeout(_SECONDS):
            await _carry_on(await _opened(runtime, row))
    except ProviderProblem as problem:
        await _end(runtime, row, problem.sentence)
    except TimeoutError:
        await _end(runtime, row, _SLOW)
    except NotFound:
        return  # the domain or the connection is gone, and the publication with it
    finally:
        async with runtime.db.tenant_tx() as tx:
            await queries.release(tx, publication_id)


async def trigger_waiting(db: Database, clock: Clock) -> None:
    """Trigger the work on what nobody is at."""
    async with db.fleet_tx() as tx:
        for tenant_id, publication_id in await queries.waiting(tx, clock.now(), _MOST_WAITING):
            tx.outbox.trigger(WORK_JOB, str(tenant_id), str(publication_id))


async def _opened(runtime: Runtime, row: asyncpg.Record) -> _Work:
    domain = await mail_domains.get(runtime.db, runtime.settings, row["domain_id"])
    async with runtime.db.tenant_tx() as tx:
        connection = await connections.find(tx, row["connection_id"])
    if connection is None:
        raise NotFound
    kind = connection["kind"]
    zone = await open_zone(means_of(runtime), kind, opened_credentials(runtime.vault, connection), domain.name)
    async with runtime.db.tenant_tx() as tx:
        await connections.note_tested(tx, row["connection_id"], runtime.clock.now())
    by_hand = DIALECTS[kind].by_hand if kind in DIALECTS else frozenset[str]()
    return _Work(runtime, row["id"], row, domain, zone, by_hand)


async def _carry_on(task: _Work) -> None:
    if task.row["status"] == "comparing":
        await _compare(task)
    elif task.row["status"] == "applying":
        await _apply(task, list(queries.steps_of(task.row)))
    else:
        await _take_back(task, list(queries.steps_of(task.row)))


async def _compare(task: _Work) -> None:
    wanted = entries(task.domain.records)
    there = await task.zone.read({entry.name for entry in wanted})
    steps = compare(wanted, there, task.by_hand)
    if task.row["dry_run"]:
        await _save(task, "compared", steps)
        return
    decided = [decide(step, Decisions()) for step in steps]
    await _save(task, "applying", decided)
    await _apply(task, decided)


async def _apply(task: _Work, steps: list[Step]) -> None:
    for at, step in enumerate(steps):
        if step.status == "waiting":
            steps[at] = await _done(task, step)
            await _save(task, "applying", steps)
    failed = any(step.status == "failed" for step in steps)
    await _save(task, "incomplete" if failed else "applied", steps)
    await _have_checked(task)


async def _take_back(task: _Work, steps: list[Step]) -> None:
    for at in reversed(range(len(steps))):
        if steps[at].status == "done":
            steps[at] = await _undone(task, steps[at])
            await _save(task, "rolling_back", steps)
    left = any(step.status == "done" for step in steps)
    await _save(task, "incomplete" if left else "rolled_back", steps)
    await _have_checked(task)


async def _done(task: _Work, step: Step) -> Step:
    """Publish a step and see that it is there."""
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            now = await _values(task.zone, step)
            if now != sorted(step.after):
                if now != sorted(step.before):
                    return msgspec.structs.replace(step, status="failed", problem=_CHANGED)
                await task.zone.write(_set(step, step.before), _set(step, step.after))
            is_there = await _values(task.zone, step) == sorted(step.after)
    except (ProviderProblem, TimeoutError) as problem:
        return msgspec.structs.replace(step, status="failed", problem=_sentence(problem))
    if is_there:
        return msgspec.structs.replace(step, status="done", problem=None)
    return msgspec.structs.replace(step, status="failed", problem="The provider took the change and does not show it.")


async def _undone(task: _Work, step: Step) -> Step:
    """Put back what stood there before, unless somebody has changed it since."""
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            now = await _values(task.zone, step)
            if now == sorted(step.before):
                return msgspec.structs.replace(step, status="taken_back", problem=None)
            if now != sorted(step.after):
                return msgspec.structs.replace(step, status="kept", problem=_CHANGED)
            await task.zone.write(_set(step, step.after), _set(step, step.before))
    except (ProviderProblem, TimeoutError) as problem:
        return msgspec.structs.replace(step, problem=_sentence(problem))
    return msgspec.structs.replace(step, status="taken_back", problem=None)


async def _values(zone: Zone, step: Step) -> list[str]:
    return sorted(values_at(by_name(await zone.read({step.name})), step.name, step.type))


def _set(step: Step, values: tuple[str, ...]) -> RecordSet:
    return RecordSet(step.name, step.type, values, step.ttl_seconds)


def _sentence(problem: ProviderProblem | TimeoutError) -> str:
    return problem.sentence if isinstance(problem, ProviderProblem) else _SLOW


async def _save(task: _Work, status: PublicationStatus, steps: Sequence[Step]) -> None:
    is_over = status not in ("comparing", "applying", "rolling_back")
    finished_at = task.runtime.clock.now() if is_over else None
    async with task.runtime.db.tenant_tx() as tx:
        await queries.save(tx, task.id, status, steps, zone=task.zone.apex, finished_at=finished_at)
        tx.outbox.signal(of_publication(encode(PREFIX, task.id)))


async def _end(runtime: Runtime, row: asyncpg.Record, problem: str) -> None:
    """Say why nothing could be done: what was compared stays for another try."""
    _log.info("a publication came to a halt", action="dns_publishing.halted", problem=problem)
    async with runtime.db.tenant_tx() as tx:
        current = await queries.find(tx, row["id"], lock=True)
        if current is not None:
            status = "failed" if current["status"] == "comparing" else "incomplete"
            steps = queries.steps_of(current)
            await queries.save(tx, row["id"], status, steps, problem=problem, finished_at=runtime.clock.now())
            tx.outbox.signal(of_publication(encode(PREFIX, row["id"])))


async def _have_checked(task: _Work) -> None:
    """Look the records up at once, so that the page turns green."""
    with contextlib.suppress(Refused, Unavailable):  # its own sweep will find out
        await mail_domains.check(mail_domains.checker(task.runtime), task.row["domain_id"])
