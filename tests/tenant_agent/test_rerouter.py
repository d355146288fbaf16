"""The rerouter while something else does not work: it goes on looking, and mail goes on."""

import asyncio
from pathlib import Path

import pytest

from tenant_agent import ledger, rerouting, spool
from tenant_agent.clock import ManualClock
from tenant_agent.journal import Journal
from tenant_agent.projections import MemoryRows, Unavailable
from tenant_agent.reroute import Rerouter
from tests.tenant_agent.mail_fixtures import router as make_router


class Broken:
    """A Postfix whose tools cannot be started."""

    def __init__(self) -> None:
        self.asked = 0

    async def requeue(self, queue_ids: list[str]) -> set[str]:
        raise AssertionError("nothing is to be requeued")

    async def delete(self, queue_ids: list[str]) -> None:
        self.asked += 1
        raise OSError("too many open files")


class Unwritable(MemoryRows):
    """A map on a full disk."""

    def read_all(self) -> dict[str, str]:
        raise Unavailable("rerouted.lmdb cannot be read")


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Rerouter, Broken]:
    journal = Journal(tmp_path / "mail.db", (ledger.SCHEMA, rerouting.SCHEMA, spool.SCHEMA))
    queue = Broken()
    return Rerouter(journal, make_router(), queue, Unwritable(), clock=ManualClock()), queue


async def test_it_goes_on_when_postfixs_tools_cannot_be_started(parts: tuple[Rerouter, Broken]) -> None:
    rerouter, queue = parts
    await rerouter.condemn("4fKxyz", "given up")
    running = asyncio.create_task(rerouter.run())
    async with asyncio.timeout(10):
        while queue.asked < 3:
            rerouter.wake()
            await asyncio.sleep(0)
    assert not running.done()
    running.cancel()


def test_a_map_that_cannot_be_read_is_tidied_up_another_time(parts: tuple[Rerouter, Broken]) -> None:
    parts[0].forget()
