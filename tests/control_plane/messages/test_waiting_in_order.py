"""Who calls messages back, who lets them go and who holds them: none waits for one who waits for them."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service as enforcement
from control_plane.enforcement.schemas import NewMeasure
from control_plane.messages import service
from control_plane.messages.queries import acts
from control_plane.messages.queries.read import millisecond
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.messages.service.allowance import HELD, SCHEDULED
from control_plane.messages.service.cancel import count_out
from control_plane.quotas import service as quotas
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit, Moved
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import deliveries, used
from tests.control_plane.waiting import until_blocked


async def _send(db: Database, clock: Moved, tenant: Tenant, domain: str, count: int) -> list[UUID]:
    with acting_for(tenant.id):
        new = msgspec.convert(message(domain), NewMessage)
        results = await service.accept_batch(db, clock, [new] * count)
    return [ids.decode("msg", each.id) for each in results if isinstance(each, AcceptedMessage)]


async def _cancel_while(
    db: Database, clock: Moved, tenant: Tenant, message_id: UUID, other: Coroutine[Any, Any, object]
) -> None:
    """Call a message back statement by statement; the other begins after the first one."""
    outside = copy_context()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.hold(tx, HELD, SCHEDULED)
            beside = asyncio.create_task(other, context=outside)
            await until_blocked(db)
            called = await acts.call_back(tx.connection, tenant.id, message_id, millisecond(message_id), clock.now())
            await count_out(tx, called)
    await beside


async def _states(db: Database, tenant: Tenant) -> Counter[tuple[str, str | None]]:
    return Counter((row["status"], row["held_for"]) for row in await deliveries(db, tenant))


async def test_who_lets_mail_go_waits_before_they_take_it(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    sent = await _send(db, clock, tenant, domain, 4)
    clock.next_hour()
    await _cancel_while(db, clock, tenant, sent[3], service.release(db, clock))
    assert await _states(db, tenant) == {("accepted", None): 3, ("cancelled", None): 1}
    assert "messages_held" not in await used(db, tenant)


async def test_who_holds_mail_waits_before_they_take_it(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    sent = await _send(db, clock, tenant, domain, 3)
    paused = NewMeasure(stream="transactional", step="paused", reason="A test")
    await enforcement.choose(db, SystemClock(), tenant.id, paused)
    await _cancel_while(db, clock, tenant, sent[1], enforcement.settle(db, SystemClock()))
    assert await _states(db, tenant) == {("held", "enforcement"): 2, ("cancelled", None): 1}
    assert (await used(db, tenant))["messages_held"] == 2
