"""Mail that is due is claimed and taken together, and none of it is held up for long by another."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.inbound import queries, service
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.inbound.service import batch, dispatcher
from control_plane.notices import service as notices
from control_plane.notices.schemas import MailGivenUp, Notice
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.inbound.handed import (
    RAW,
    Keeper,
    counting_statements,
    forget_waiting,
    hand_up,
    let_take,
    some_recipient,
)

Come: TypeAlias = Callable[[int], Awaitable[list[str]]]


class Stubborn(Keeper):
    """Fails whenever one of its mails is among those that it is given."""

    def __init__(self, *recipients: str, never: str, taken: Taken) -> None:
        super().__init__(*recipients, taken=taken)
        self._never = never

    async def before_it_takes(self, mails: Sequence[Mail]) -> None:
        if self._never in [mail.recipient for mail in mails]:
            raise ValueError


class Slow(Keeper):
    """Takes for ever, once it has begun."""

    def __init__(self, *recipients: str) -> None:
        super().__init__(*recipients)
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def before_it_takes(self, mails: Sequence[Mail]) -> None:
        del mails
        self.begun.set()
        await self.may_end.wait()


@pytest.fixture
async def come(client: httpx.AsyncClient, db: Database, make_node: MakeNode) -> AsyncGenerator[Come]:
    """Have mails come in: `await come(3)` gives their recipients. Nothing else waits."""
    await forget_waiting(db)
    node = await make_node()
    await let_take(db, node)

    async def hand_in(number: int) -> list[str]:
        recipients = [some_recipient() for _ in range(number)]
        for recipient in recipients:
            assert (await hand_up(client, node, recipient=recipient)).status_code == 204
        return recipients

    yield hand_in
    await forget_waiting(db)


@pytest.fixture
def soon(runtime: Runtime) -> Runtime:
    """The runtime a moment from now, when all that came is due."""
    return msgspec.structs.replace(runtime, clock=FixedClock(datetime.now(UTC) + timedelta(minutes=1)))


async def states(db: Database, recipients: Sequence[str]) -> list[tuple[str, int]]:
    """Give each mail's status, and how often it was tried."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select status, attempts from inbound_mails
               where recipient = any ($1) order by array_position($1, recipient)""",
            recipients,
        )
    return [(row["status"], row["attempts"]) for row in rows]


async def have_tried(db: Database, recipients: Sequence[str]) -> None:
    """Have it as if a worker had died of these mails."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update inbound_mails set attempts = 1 where recipient = any ($1)", recipients)


async def test_the_mails_of_a_tenant_are_taken_together_and_others_one_by_one(
    soon: Runtime, tenant: Tenant, come: Come
) -> None:
    known, unknown = await come(3), await come(2)
    theirs, somebodys = Keeper(*known, taken=Taken(tenant_id=tenant.id)), Keeper(*unknown)
    await service.dispatch(soon, (theirs, somebodys))
    assert (theirs.together, somebodys.together) == ([3], [1, 1])


async def test_more_mails_do_not_take_more_statements(soon: Runtime, tenant: Tenant, come: Come) -> None:
    told = []
    for number in (1, 15):
        keeper = Keeper(*await come(number), taken=Taken(tenant_id=tenant.id))
        with counting_statements() as statements:
            await service.dispatch(soon, (keeper,))
        assert len(keeper.mails) == number
        told.append(len(statements))
    assert told == [6, 6]  # claimed and noted, each in a transaction


async def test_a_batch_has_a_bound_in_number_and_goes_on_with_the_rest(
    soon: Runtime, db: Database, tenant: Tenant, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "_MOST_TOGETHER", 2)
    recipients = await come(5)
    keeper = Keeper(*recipients, taken=Taken(tenant_id=tenant.id))
    await service.dispatch(soon, (keeper,))
    assert keeper.together == [2, 2, 1]
    assert await states(db, recipients) == [("done", 1)] * 5


@pytest.mark.parametrize(("most", "together"), [(2 * len(RAW), [2, 1]), (2 * len(RAW) - 1, [1, 1, 1]), (0, [1, 1, 1])])
async def test_a_batch_has_a_bound_in_bytes_and_one_mail_at_least(
    soon: Runtime, tenant: Tenant, come: Come, monkeypatch: pytest.MonkeyPatch, most: int, together: list[int]
) -> None:
    monkeypatch.setattr(dispatcher, "_MOST_BYTES", most)
    keeper = Keeper(*await come(3), taken=Taken(tenant_id=tenant.id))
    await service.dispatch(soon, (keeper,))
    assert keeper.together == together


async def test_a_mail_that_was_tried_before_is_alone(soon: Runtime, db: Database, tenant: Tenant, come: Come) -> None:
    recipients = await come(5)
    await have_tried(db, [recipients[0], recipients[3]])
    keeper = Keeper(*recipients, taken=Taken(tenant_id=tenant.id))
    await service.dispatch(soon, (keeper,))
    assert keeper.together == [1, 3, 1]
    assert [mail.recipient for mail in keeper.mails if mail.recipient in (recipients[0], recipients[3])] == [
        recipients[0],
        recipients[3],
    ]


async def test_a_mail_that_cannot_be_taken_holds_no_other_one_up(
    soon: Runtime, db: Database, tenant: Tenant, come: Come
) -> None:
    recipients = await come(3)
    keeper = Stubborn(*recipients, never=recipients[1], taken=Taken(tenant_id=tenant.id))
    await service.dispatch(soon, (keeper,))
    assert await states(db, recipients) == [("done", 1), ("waiting", 1), ("done", 1)]


async def test_what_comes_while_a_batch_is_worked_on_is_taken_by_who_works(
    soon: Runtime, db: Database, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "_PATIENCE_SECONDS", 60)
    first = await come(1)
    slow = Slow(*first)
    worker = service.Dispatcher((slow,))
    at_work = asyncio.create_task(worker.run(soon))
    await slow.begun.wait()
    [second] = await come(1)
    worker._handlers = (slow, Keeper(second))
    waits = asyncio.create_task(worker.run(soon))
    await asyncio.sleep(0)
    await asyncio.wait_for(worker.run(soon), 1)  # one who waits is enough
    slow.may_end.set()
    await asyncio.wait_for(at_work, 10)
    assert await states(db, [*first, second]) == [("done", 1)] * 2
    waits.cancel()
    with suppress(asyncio.CancelledError):
        await waits


async def test_who_takes_long_holds_others_up_for_a_moment_only(soon: Runtime, db: Database, come: Come) -> None:
    slow = Slow(*await come(1))
    worker = service.Dispatcher((slow,))
    at_work = asyncio.create_task(worker.run(soon))
    await slow.begun.wait()
    others = await come(2)
    worker._handlers = (slow, Keeper(*others))
    await asyncio.wait_for(worker.run(soon), 10)
    assert await states(db, others) == [("done", 1)] * 2
    assert not at_work.done()
    slow.may_end.set()
    await at_work


async def test_who_takes_too_long_is_tried_again_later(
    soon: Runtime, db: Database, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_LONGEST_SECONDS", 0.5)
    slow_one, *others = recipients = await come(3)
    await service.dispatch(soon, (Slow(slow_one), Keeper(*others)))
    assert await states(db, recipients) == [("waiting", 1), ("done", 1), ("done", 1)]


async def test_who_waits_for_a_turn_in_vain_has_not_been_tried(
    soon: Runtime, db: Database, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_LONGEST_SECONDS", 0.5)
    recipients = await come(5)
    slow = Slow(*recipients[:4])
    await service.dispatch(soon, (slow, Keeper(recipients[4])))
    assert await states(db, recipients) == [("waiting", 1)] * 4 + [("waiting", 0)]
    await service.dispatch(soon, (slow, Keeper(recipients[4])))
    assert (await states(db, recipients))[4] == ("done", 1)


async def test_a_worker_that_is_told_to_stop_gives_its_mails_back(soon: Runtime, db: Database, come: Come) -> None:
    recipients = await come(2)
    slow = Slow(*recipients)
    at_work = asyncio.create_task(service.dispatch(soon, (slow,)))
    await slow.begun.wait()
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work
    assert await states(db, recipients) == [("waiting", 0)] * 2
    await service.dispatch(soon, (Keeper(*recipients),))
    assert await states(db, recipients) == [("done", 1)] * 2


async def test_a_handler_that_says_nothing_of_a_mail_has_failed(soon: Runtime, db: Database, come: Come) -> None:
    class Forgetful(Keeper):
        async def take(
            self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
        ) -> Mapping[UUID, Taken | NotYet]:
            del runtime, tenant_id, mails
            return {}

    recipients = await come(1)
    await service.dispatch(soon, (Forgetful(*recipients),))
    assert await states(db, recipients) == [("waiting", 1)]


async def test_the_sweep_triggers_once_however_much_is_due(soon: Runtime, db: Database, come: Come) -> None:
    async def triggered() -> list[str]:
        found: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("control_plane.core.outbox.Outbox.trigger", lambda _, name, *ids: found.extend([name, *ids]))
            await service.trigger_due(db, soon.clock)
        return found

    assert await triggered() == []
    await come(3)
    assert await triggered() == ["inbound.dispatch"]


async def have_tried_often(db: Database, recipients: Sequence[str], times: int) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update inbound_mails set attempts = $2 where recipient = any ($1)", recipients, times
        )


async def test_who_is_given_up_is_known_and_operators_hear_of_it_once_a_day(
    soon: Runtime, db: Database, tenant: Tenant, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def operator(_: Transaction) -> TenantId:
        return tenant.id

    async def tell(_: Transaction, notice: Notice) -> None:
        told.append(notice)

    told: list[Notice] = []
    monkeypatch.setattr(queries, "operator", operator)
    monkeypatch.setattr(notices, "tell_tenant", tell)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update inbound_mails set given_up = false where given_up")
    recipients = await come(2)
    await have_tried_often(db, recipients, 8)
    keeper = Keeper(*recipients, taken=Taken(tenant_id=tenant.id))
    with capture_logs() as logs:
        await service.dispatch(soon, (Keeper(), keeper))
    assert keeper.mails == []
    assert [each["action"] for each in logs] == ["inbound.given_up"] * 2
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select id, tenant_id, status, given_up from inbound_mails where recipient = any ($1)", recipients
        )
    assert {(row["tenant_id"], row["status"], row["given_up"]) for row in rows} == {(tenant.id, "refused", True)}
    [notice] = told
    assert isinstance(notice, MailGivenUp)
    assert notice.mail_id in [str(row["id"]) for row in rows]


async def test_a_mail_is_given_up_also_while_nobody_can_say_whose_it_is(
    soon: Runtime, db: Database, come: Come
) -> None:
    class Broken(Keeper):
        async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
            raise ValueError

    recipients = await come(1)
    await have_tried_often(db, recipients, 8)
    await service.dispatch(soon, (Broken(),))
    assert await states(db, recipients) == [("refused", 9)]


async def test_a_handler_is_told_which_try_is_the_last(soon: Runtime, db: Database, tenant: Tenant, come: Come) -> None:
    recipients = await come(2)
    await have_tried_often(db, recipients[:1], 7)
    keeper = Keeper(*recipients, taken=Taken(tenant_id=tenant.id))
    await service.dispatch(soon, (keeper,))
    assert {mail.recipient: mail.is_last_try for mail in keeper.mails} == dict(
        zip(recipients, (True, False), strict=True)
    )
