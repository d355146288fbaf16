"""The spool: events wait on disk until they are acknowledged, in order, and go out again after a reconnection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tenant_agent import spool, wire
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.spool import Reporter
from tests.tenant_agent.real_postfix import eventually


class Outlet:
    """Keeps reports; can be down."""

    def __init__(self) -> None:
        self.reports: list[wire.Report] = []
        self.down = False

    async def send(self, frame: wire.FromAgent) -> None:
        if self.down:
            raise LinkDown
        assert isinstance(frame, wire.Report)
        self.reports.append(frame)

    def has_more_than(self, reports: int) -> bool:
        return len(self.reports) > reports

    @property
    def ids(self) -> list[str]:
        return [event.id for report in self.reports for event in report.events]


class Spooled:
    """A spool with its reporter at work."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.outlet = Outlet()
        self.reporter = Reporter(journal, self.outlet)

    async def add(self, *numbers: int) -> list[str]:
        events = [event(number) for number in numbers]
        await self.journal.write(lambda db: spool.append(db, events))
        self.reporter.wake()
        return [e.id for e in events]


def event(number: int) -> wire.Event:
    return wire.Event(
        id=f"{number:026}",
        type="message.delivered",
        at_ms=number,
        tenant_id="ten_1",
        message_id="msg_1",
        delivery_id="dlv_1",
        recipient="bob@else.test",
    )


@pytest.fixture
async def spooled(tmp_path: Path) -> AsyncIterator[Spooled]:
    journal = Journal(tmp_path / "mail.db", [spool.SCHEMA])
    parts = Spooled(journal)
    task = asyncio.create_task(parts.reporter.run())
    yield parts
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    journal.close()


async def test_events_wait_for_a_connection_and_go_in_order(spooled: Spooled) -> None:
    ids = await spooled.add(*range(1200))
    spooled.reporter.connected()
    await eventually(lambda: spooled.outlet.ids == ids)
    assert [len(report.events) for report in spooled.outlet.reports] == [500, 500, 200]


async def test_what_is_acknowledged_is_dropped(spooled: Spooled) -> None:
    await spooled.add(1, 2)
    spooled.reporter.connected()
    await eventually(lambda: len(spooled.outlet.reports) == 1)
    assert spooled.journal.read(spool.size) == 2
    await spooled.reporter.received(spooled.outlet.reports[0].batch)
    assert spooled.journal.read(spool.size) == 0


async def test_after_a_reconnection_what_was_not_acknowledged_goes_again(spooled: Spooled) -> None:
    first = await spooled.add(1)
    spooled.reporter.connected()
    await eventually(lambda: spooled.outlet.ids == first)
    second = await spooled.add(2)
    await eventually(lambda: spooled.outlet.ids == first + second)
    await spooled.reporter.received(spooled.outlet.reports[0].batch)
    spooled.reporter.disconnected()
    spooled.reporter.connected()
    await eventually(lambda: spooled.outlet.ids == first + second + second)


async def test_a_link_that_breaks_while_sending_loses_nothing(spooled: Spooled) -> None:
    spooled.outlet.down = True
    spooled.reporter.connected()
    ids = await spooled.add(1)
    await asyncio.sleep(0)
    spooled.outlet.down = False
    spooled.reporter.connected()
    await eventually(lambda: spooled.outlet.ids == ids)


async def test_only_a_few_reports_are_under_way_at_a_time(spooled: Spooled) -> None:
    ids = await spooled.add(*range(3000))
    spooled.reporter.connected()
    await eventually(lambda: len(spooled.outlet.reports) == 4)
    while len(spooled.outlet.ids) < len(ids):
        sent = len(spooled.outlet.reports)
        await spooled.reporter.received(spooled.outlet.reports[-1].batch)
        await eventually(partial(spooled.outlet.has_more_than, sent))
    assert spooled.outlet.ids == ids


async def test_batch_numbers_are_never_used_twice(spooled: Spooled) -> None:
    spooled.reporter.connected()
    await spooled.add(1)
    await eventually(lambda: len(spooled.outlet.reports) == 1)
    await spooled.reporter.received(spooled.outlet.reports[0].batch)
    await spooled.add(2)
    await eventually(lambda: len(spooled.outlet.reports) == 2)
    assert spooled.outlet.reports[1].batch > spooled.outlet.reports[0].batch
