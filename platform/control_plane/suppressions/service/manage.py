"""Put one address on the list, take it off, and take that back."""

from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.suppressions.errors import NotSuppressed, ReasonNeeded, SuppressedAgain
from control_plane.suppressions.queries import end as ends
from control_plane.suppressions.queries import lists
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.schemas import (
    ONLY_WITH_REASON,
    Ending,
    NewSuppression,
    Source,
    Suppression,
    SuppressionRequest,
)
from control_plane.suppressions.service.add import add, who
from control_plane.suppressions.service.lists import address, found
from control_plane.suppressions.service.reach import require_reach
from control_plane.suppressions.service.tell import CREATED, DELETED, tell
from control_plane.suppressions.service.view import PREFIX, told, view


async def create(
    db: Database, clock: Clock, subject: Subject, wanted: SuppressionRequest, source: Source = "api"
) -> Suppression:
    """Suppress an address; if it is already, as strictly, give what there is. Raises `Invalid`, `Forbidden`."""
    require_all_domains()
    require_reach(subject, for_clients=wanted.for_clients)
    entry, now = _entry(wanted, source), clock.now()
    if entry.expires_at is not None and entry.expires_at <= now:
        raise Invalid(errors=(FieldError("expires_at", "This moment has passed: name a later one."),))
    async with db.tenant_tx() as tx:
        rows = await add(tx, [entry], now)
        for row in rows:
            audit.record(tx, "suppressions.add", ids.encode(PREFIX, row.id), after=told(row))
        return view(rows[0] if rows else await _active(tx, entry))


async def delete(
    db: Database, clock: Clock, subject: Subject, suppression_id: str, if_match: str | None = None
) -> None:
    """Let mail go to an address again; raises `ReasonNeeded`, `NotFound`, `NotSuppressed`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        row = await _changeable(tx, subject, suppression_id)
        etag.check(if_match, view(row))
        if row.reason in ONLY_WITH_REASON:
            raise ReasonNeeded
        await _end(tx, row, "deleted", "", clock)


async def reactivate(
    db: Database, clock: Clock, subject: Subject, suppression_id: str, because: str, if_match: str | None = None
) -> Suppression:
    """Let mail go to an address again and remember why; raises `Invalid`, `NotFound`, `NotSuppressed`."""
    check_reason(because)
    async with db.tenant_tx() as tx:
        row = await _changeable(tx, subject, suppression_id)
        etag.check(if_match, view(row))
        return view(await _end(tx, row, "reactivated", because, clock))


async def restore(db: Database, clock: Clock, subject: Subject, suppression_id: str) -> Suppression:
    """Take back that it was ended; raises `NotFound`, `SuppressedAgain`. If it never was, nothing happens."""
    require_all_domains()
    async with db.tenant_tx() as tx:
        row = await found(tx, ids.decode(PREFIX, suppression_id), lock=True)
        require_reach(subject, for_clients=row.for_clients)
        if row.ended_at is None:
            return view(row)
        restored = await ends.restore(tx.connection, bound_tenant(), row.id)
        if restored is None:
            raise SuppressedAgain
        await tell(tx, bound_tenant(), CREATED, [restored], clock.now())
        audit.record(tx, "suppressions.restore", suppression_id, after=told(restored))
    return view(restored)


def check_reason(because: str) -> None:
    """Raise `Invalid` for a reason that says nothing or more than a line."""
    if not because.strip():
        raise Invalid(errors=(FieldError("reason", "Say why: it is kept."),))
    if not is_one_line(because):
        raise Invalid(errors=(FieldError("reason", NOT_ONE_LINE),))


def _entry(wanted: SuppressionRequest, source: Source) -> NewSuppression:
    if not is_one_line(wanted.note):
        raise Invalid(errors=(FieldError("note", NOT_ONE_LINE),))
    return NewSuppression(
        email=address(wanted.email),
        reason=wanted.reason,
        source=source,
        stream=wanted.stream,
        note=wanted.note.strip(),
        expires_at=None if wanted.expires_at is None else in_utc(wanted.expires_at),
        for_clients=wanted.for_clients,
    )


async def _active(tx: Transaction, entry: NewSuppression) -> SuppressionRow:
    known = await lists.history(tx.connection, bound_tenant(), [entry.email], 100)
    same = (entry.stream or "", entry.for_clients)
    return next(row for row in known if row.ended_at is None and (row.stream, row.for_clients) == same)


async def _changeable(tx: Transaction, subject: Subject, suppression_id: str) -> SuppressionRow:
    require_all_domains()
    row = await found(tx, ids.decode(PREFIX, suppression_id), lock=True)
    require_reach(subject, for_clients=row.for_clients)
    if row.ended_at is not None:
        raise NotSuppressed
    return row


async def _end(tx: Transaction, row: SuppressionRow, ended_as: Ending, because: str, clock: Clock) -> SuppressionRow:
    now, tenant_id = clock.now(), bound_tenant()
    ended = await ends.end(tx.connection, tenant_id, [row.id], ended_as, who(), now, because.strip())
    await tell(tx, tenant_id, DELETED, ended, now)
    done = "suppressions.delete" if ended_as == "deleted" else "suppressions.reactivate"
    after = {"because": because} if because else None
    audit.record(tx, done, ids.encode(PREFIX, row.id), before=told(row), after=after)
    return ended[0]
