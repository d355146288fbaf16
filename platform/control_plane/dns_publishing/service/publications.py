"""Publications as their owner begins and steers them; the work is done by `dns_publishing.work`.

A publication compares first. What needs no decision can be applied right after; conflicts wait for one. Applied, it can
be taken back; what failed half-way can be gone on with.
"""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode, encode, new_uuid
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.dns_publishing.channels import of_publication
from control_plane.dns_publishing.errors import NotAtThisPoint, PublicationUnderWay
from control_plane.dns_publishing.plan import Step
from control_plane.dns_publishing.queries import connections
from control_plane.dns_publishing.queries import publications as queries
from control_plane.dns_publishing.schemas import Decisions, NewPublication, Publication, PublicationStep
from control_plane.mail_domains import service as mail_domains
from control_plane.settings import Settings

PREFIX = "pub"
WORK_JOB = "dns_publishing.work"

_CONNECTION, _DOMAIN = "dns", "dom"
_MAY_APPLY = ("compared", "incomplete")
_MAY_GO_BACK = ("applied", "incomplete")


async def begin(db: Database, settings: Settings, clock: Clock, domain_id: UUID, new: NewPublication) -> Publication:
    """Have a domain's records compared with a provider's zone; raises `NotFound`, `Invalid`, `PublicationUnderWay`."""
    domain = await mail_domains.get(db, settings, domain_id)
    require_domain(domain.name)
    publication_id = new_uuid()
    async with db.tenant_tx() as tx:
        connection_id = await _connection(tx, new.connection_id)
        row = await queries.insert(tx, publication_id, domain_id, connection_id, dry_run=new.dry_run, now=clock.now())
        if row is None:
            raise PublicationUnderWay
        told = {"publication_id": encode(PREFIX, publication_id), "connection_id": new.connection_id}
        audit.record(tx, "domains.compare", domain.id, after=told)
        tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(publication_id))
    return view(row)


async def get(db: Database, publication_id: UUID) -> Publication:
    """Give a publication; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await found(tx, publication_id))


async def listing(
    db: Database, settings: Settings, domain_id: UUID, limit: int, after: str | None
) -> Page[Publication]:
    """Give a page of a domain's publications, newest first; raises `NotFound`."""
    last = cursor(PREFIX, after)
    await mail_domains.get(db, settings, domain_id)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, domain_id, limit + 1, last)
    data = tuple(map(view, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def apply(db: Database, settings: Settings, publication_id: UUID, decisions: Decisions) -> Publication:
    """Have the differences published, or gone on with; raises `NotFound`, `NotAtThisPoint`, `Invalid`."""

    def decided(steps: Sequence[Step]) -> list[Step]:
        _refuse_unknown(steps, decisions)
        return [decide(step, decisions) for step in steps]

    return await _steer(db, settings, publication_id, _MAY_APPLY, "applying", "domains.publish", decided)


async def roll_back(db: Database, settings: Settings, publication_id: UUID) -> Publication:
    """Have what was published taken back, as far as nobody has changed it since; raises as `apply`."""
    return await _steer(db, settings, publication_id, _MAY_GO_BACK, "rolling_back", "domains.roll_back", list)


async def found(tx: Transaction, publication_id: UUID, *, lock: bool = False) -> asyncpg.Record:
    """Find a publication's row; raises `NotFound`."""
    row = await queries.find(tx, publication_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def decide(step: Step, decisions: Decisions) -> Step:
    """Say what is to be done with a step; done ones stay done."""
    if step.status in ("done", "taken_back", "kept"):
        return step
    wanted = step.action in ("create", "change") or (step.action == "conflict" and step.key in decisions.replace)
    if not step.changes or not wanted or step.key in decisions.leave_out:
        return msgspec.structs.replace(step, status="left_out", problem=None)
    return msgspec.structs.replace(step, status="waiting", problem=None)


def view(row: asyncpg.Record) -> Publication:
    """Show a publication."""
    return Publication(
        id=encode(PREFIX, row["id"]),
        domain_id=encode(_DOMAIN, row["domain_id"]),
        connection_id=encode(_CONNECTION, row["connection_id"]),
        status=row["status"],
        dry_run=row["dry_run"],
        zone=row["zone"],
        steps=tuple(map(_shown, queries.steps_of(row))),
        problem=row["problem"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


def _shown(step: Step) -> PublicationStep:
    return PublicationStep(
        key=step.key,
        type=step.type,
        name=step.name,
        purposes=step.purposes,
        action=step.action,
        before=step.before,
        after=step.after,
        replaceable=step.replaceable,
        explanation=step.explanation,
        status=step.status,
        problem=step.problem,
    )


async def _steer(
    db: Database,
    settings: Settings,
    publication_id: UUID,
    at: Collection[str],
    to: str,
    act: str,
    steps: Callable[[Sequence[Step]], list[Step]],
) -> Publication:
    """Send a publication on its way, if it is at a point where that can be done."""
    domain_id = decode(_DOMAIN, (await get(db, publication_id)).domain_id)
    domain = await mail_domains.get(db, settings, domain_id)
    require_domain(domain.name)
    async with db.tenant_tx() as tx:
        row = await found(tx, publication_id, lock=True)
        if row["status"] not in at:
            raise NotAtThisPoint
        await queries.save(tx, publication_id, to, steps(queries.steps_of(row)))
        told = {"publication_id": encode(PREFIX, publication_id), "zone": row["zone"]}
        audit.record(tx, act, domain.id, after=told)
        tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(publication_id))
        tx.outbox.signal(of_publication(encode(PREFIX, publication_id)))
        return view(await found(tx, publication_id))


def _refuse_unknown(steps: Sequence[Step], decisions: Decisions) -> None:
    known = {step.key for step in steps}
    replaceable = {step.key for step in steps if step.replaceable}
    errors = [
        FieldError("leave_out", f"There is no record set {key[:80]!r}.")
        for key in decisions.leave_out
        if key not in known
    ]
    errors += [
        FieldError("replace", f"What stands at {key[:80]!r} is no conflict that could be replaced.")
        for key in decisions.replace
        if key not in replaceable
    ]
    if errors:
        raise Invalid(errors=tuple(errors))


async def _connection(tx: Transaction, public_id: str) -> UUID:
    fault = Invalid(errors=(FieldError("connection_id", "You have no such DNS provider."),))
    try:
        connection_id = decode(_CONNECTION, public_id)
    except MalformedId as error:
        raise fault from error
    if await connections.find(tx, connection_id) is None:
        raise fault
    return connection_id
