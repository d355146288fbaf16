"""Addresses that mail is forwarded to: asked once whether they want it, and left alone when they do not.

Nothing is forwarded to an address whose owner has not agreed, so that no list of addresses can be flooded through us.
What asks them is itself bounded: by tenant, by address, and by address over all tenants.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.confirmation import GOOD_FOR, Asked, Confirmations
from control_plane.inbound_routes.errors import ForwardDeclined, TooManyAsked
from control_plane.inbound_routes.items import is_below
from control_plane.inbound_routes.queries import targets as queries
from control_plane.inbound_routes.queries.targets import TargetRow
from control_plane.inbound_routes.schemas import ForwardRequest
from control_plane.mail_domains import service as mail_domains
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.notices import service as notices
from control_plane.notices.schemas import ForwardPaused, ForwardQuestion

PREFIX = "fwd"
MOST_FAILURES = 5
_CAME_BACK = f"{MOST_FAILURES} mails in a row came back from this address."
_DAY = timedelta(days=1)
_MOST_ASKED_A_DAY = 20
_MOST_OTHERS = 3
"""Tenants that may have one address asked in a day."""
_MOST_TIMES = 5
_BETWEEN = timedelta(minutes=10)


class Asking(msgspec.Struct, frozen=True):
    """What it takes to write to an address's owner."""

    db: Database
    clock: Clock
    path_for: Callable[[Asked], str]
    """Makes the link that they answer by."""

    @classmethod
    def of(cls, runtime: Runtime) -> "Asking":
        """Make it of what a process has."""
        links = Confirmations(runtime.settings, runtime.clock)
        return cls(runtime.db, runtime.clock, links.path)


async def target_for(tx: Transaction, asking: Asking, text: str) -> TargetRow:
    """Find the target that an address is, or make it and ask its owner; raises `Invalid` and what `_ask` raises."""
    try:
        email = normalise(text.strip())
    except BadAddress as error:
        raise Invalid(errors=(FieldError("action.to", str(error)),)) from error
    known = await queries.find_by_email(tx.connection, email)
    if known is not None:
        return known
    own = is_below(domain_of(email), await mail_domains.proven_names(tx))
    row = TargetRow(id=new_uuid(), email=email, status="confirmed" if own else "waiting")
    await queries.insert(tx.connection, row, asking.clock.now())
    return row if own else await _ask(tx, asking, row)


async def ask_again(tx: Transaction, asking: Asking, target_id: UUID) -> None:
    """Write to the owner once more, who has not answered or whose address was paused; raises as `_ask` does."""
    row = await queries.find(tx.connection, target_id, lock=True)
    if row is None:
        raise NotFound
    if row.status != "confirmed":
        await _ask(tx, asking, row)


async def answer(db: Database, asked: Asked, *, wants: bool) -> None:
    """Note what the owner says, with the tenant bound; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, asked.target_id, lock=True)
        if row is None:
            raise NotFound
        status = "confirmed" if wants else "declined"
        answered = msgspec.structs.replace(row, status=status, asked=0, failures=0, note=None)
        await queries.save(tx.connection, answered)
        act = "forward-targets.confirm" if wants else "forward-targets.decline"
        audit.record(tx, act, encode(PREFIX, row.id))


async def find_question(db: Database, asked: Asked) -> ForwardRequest:
    """Give what an owner is asked, with the tenant bound; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, asked.target_id)
        if row is None:
            raise NotFound
        return ForwardRequest(account=await queries.account(tx.connection), email=row.email, status=row.status)


async def pause(tx: Transaction, target_id: UUID | None, note: str) -> None:
    """Forward nothing more to an address until its owner has agreed again, and tell those in charge of the account."""
    row = None if target_id is None else await queries.find(tx.connection, target_id, lock=True)
    if row is not None and row.status == "confirmed":
        await queries.save(tx.connection, msgspec.structs.replace(row, status="paused", note=note))
        audit.record(tx, "forward-targets.pause", encode(PREFIX, row.id), after={"note": note})
        await notices.tell_tenant(tx, ForwardPaused(path="/inbound", email=row.email, reason=note))


async def came_back(tx: Transaction, target_id: UUID | None, passed_at: datetime, forgave: int) -> None:
    """Count a mail that came back, and what it had made forgotten; so many in a row, and the address is paused."""
    row = None if target_id is None else await queries.find(tx.connection, target_id, lock=True)
    if row is None:
        return
    failures, failed_at = row.failures + forgave + 1, max(passed_at, row.failed_at or passed_at)
    await queries.save(tx.connection, msgspec.structs.replace(row, failures=failures, failed_at=failed_at))
    if failures >= MOST_FAILURES:
        await pause(tx, target_id, _CAME_BACK)


async def arrived(tx: Transaction, target_id: UUID | None, passed_at: datetime) -> int:
    """Note that an address took a mail; gives how many failures are forgotten by it, none if a later one came back."""
    row = None if target_id is None else await queries.find(tx.connection, target_id, lock=True)
    if row is None or not row.failures or (row.failed_at is not None and passed_at <= row.failed_at):
        return 0
    await queries.save(tx.connection, msgspec.structs.replace(row, failures=0))
    return row.failures


async def _ask(tx: Transaction, asking: Asking, row: TargetRow) -> TargetRow:
    """Raises `ForwardDeclined`, `TooManyAsked`."""
    now = asking.clock.now()
    if row.status == "declined":
        raise ForwardDeclined
    if not await _may_ask(tx, asking.db, row, now):
        raise TooManyAsked
    asked = msgspec.structs.replace(row, asked=row.asked + 1, asked_at=now)
    await queries.save(tx.connection, asked)
    question = ForwardQuestion(
        path=asking.path_for(Asked(bound_tenant(), row.id)), account=await queries.account(tx.connection)
    )
    await notices.write(tx, row.email, question, about=bound_tenant(), expires_at=now + GOOD_FOR)
    return asked


async def _may_ask(tx: Transaction, db: Database, row: TargetRow, now: datetime) -> bool:
    if row.asked >= _MOST_TIMES or (row.asked_at is not None and now - row.asked_at < _BETWEEN):
        return False
    if await queries.asked_by_us(tx.connection, now - _DAY) >= _MOST_ASKED_A_DAY:
        return False
    async with db.fleet_tx() as fleet:
        others = await queries.asked_by_others(fleet.connection, row.email, bound_tenant(), now - _DAY)
    return others < _MOST_OTHERS
