"""Call a message back as far as no node has it: what is scheduled, what is held, and what still waits for its turn."""

from collections import Counter
from collections.abc import Iterable

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.messages.errors import MessageOnItsWay
from control_plane.messages.queries import acts
from control_plane.messages.queries.acts import Waiting
from control_plane.messages.queries.read import millisecond
from control_plane.messages.schemas import Message
from control_plane.messages.service import history
from control_plane.messages.service.allowance import HELD, SCHEDULED
from control_plane.messages.service.found import locked
from control_plane.messages.service.read import find, found
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import Resource


async def cancel(db: Database, clock: Clock, message_id: str) -> Message:
    """Cancel what of a message waits here; done again, nothing happens. Raises `MessageOnItsWay` if nothing did.

    What had been counted as sent stays counted: it has used its window's turn.
    """
    wanted, now = ids.decode("msg", message_id), clock.now()
    async with db.tenant_tx() as tx:
        await locked(tx, wanted)
        await quotas.hold(tx, HELD, SCHEDULED)  # before the deliveries, as everybody does who lets them go
        called = await acts.call_back(tx.connection, bound_tenant(), wanted, millisecond(wanted), now)
        await count_out(tx, called)
        rows = [history.row("cancelled", each.message_id, each.id, each.recipient, each.pool_id) for each in called]
        await history.tell(tx, rows, now)
        if called:
            audit.record(tx, "messages.cancel", message_id, after={"recipients": len(called)})
        if not any(each.status == "cancelled" for each in (await found(tx, wanted)).recipients):
            raise MessageOnItsWay
    return await find(db, message_id)


async def count_out(tx: Transaction, called: Iterable[Waiting]) -> None:
    """Give back the room that what waited had taken."""
    counts: Counter[Resource] = Counter()
    for each in called:
        if each.was == "scheduled":
            counts[SCHEDULED] += 1
        elif each.held_for in ("quota", "enforcement"):
            counts[HELD] += 1
    if counts:
        await quotas.give_back(tx, dict(counts))
