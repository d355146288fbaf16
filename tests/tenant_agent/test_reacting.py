"""What servers' answers lead to: a rule that gives a delivery up gives up that one, and nothing of anybody else."""

import asyncio
from pathlib import Path

import pytest

from tenant_agent import ledger, reacting, rerouting, spool, wire
from tenant_agent.clock import ManualClock
from tenant_agent.journal import Journal
from tenant_agent.maillog.answers import Answer
from tenant_agent.projections import MemoryRows
from tenant_agent.reacting import Reacting
from tenant_agent.reroute import Rerouter
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import new_token
from tests.tenant_agent.mail_fixtures import router as make_router
from tests.tenant_agent.real_postfix import NODE

GONE = wire.ReplyRule(name="gone", pattern="no such user", action="bounce")
SHAPING = wire.ShapingItem(release="r", classes=(wire.ProviderClass(name="generic"),), rules=(GONE,))


class Queue:
    """A Postfix that remembers what was taken out."""

    def __init__(self) -> None:
        self.deleted: set[str] = set()

    async def requeue(self, queue_ids: list[str]) -> set[str]:
        return set()

    async def delete(self, queue_ids: list[str]) -> None:
        self.deleted |= set(queue_ids)


def answer(queue_id: str, token: str | None) -> Answer:
    return Answer(
        queue_id=queue_id,
        token=token,
        domain="else.test",
        host="mx.else.test",
        address=NODE.ips[0].address,
        provider="generic",
        relay_id=None,
        status="deferred",
        dsn="4.1.1",
        reply="450 no such user",
        at_ms=ManualClock().now_ms(),
    )


@pytest.mark.parametrize(("token", "deleted"), [(new_token(), {"4fKxyz"}), (None, set())], ids=["ours", "a person's"])
async def test_mail_that_people_submitted_stays_until_they_are_told(
    tmp_path: Path, token: str | None, deleted: set[str]
) -> None:
    schemas = (ledger.SCHEMA, rerouting.SCHEMA, spool.SCHEMA, reacting.SCHEMA)
    journal, queue = Journal(tmp_path / "mail.db", schemas), Queue()
    router = make_router(sending=Sending(shaping=SHAPING))
    rerouter = Rerouter(journal, router, queue, MemoryRows(), clock=ManualClock())
    reactions = Reacting(journal, router, rerouter)
    reactions.hear([answer("4fKxyz", token)])
    running = asyncio.create_task(reactions.run())
    for _ in range(5):  # as many turns of the loop as it takes, and more
        await journal.write(lambda _: None)
    await rerouter.look()
    running.cancel()
    assert queue.deleted == deleted
