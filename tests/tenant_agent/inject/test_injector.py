"""What the injector takes in hand, and when."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_agent import ledger, spool
from tenant_agent.inject import Gate, Injector, PostfixQueue
from tenant_agent.journal import Journal
from tenant_agent.maillog import follower
from tenant_agent.maillog.follower import Follower
from tests.tenant_agent.mail_fixtures import claim, offer
from tests.tenant_agent.mail_fixtures import router as make_router

NOON_MS = 1_800_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "mail.db", [ledger.SCHEMA, spool.SCHEMA, follower.SCHEMA])
    yield opened
    opened.close()


async def test_what_was_put_off_does_not_wait_for_a_clock_that_was_set_back(journal: Journal, tmp_path: Path) -> None:
    batch, now_ms, router = offer(["bob@else.test"]), NOON_MS, make_router()
    injector = Injector(
        journal,
        router,
        Follower(journal, tmp_path / "mail.log", router=router, on_events=lambda: None),
        PostfixQueue(tmp_path, tmp_path, 1),
        Gate(port=1),
        on_progress=lambda: None,
        now_ms=lambda: now_ms,
    )
    await journal.write(lambda db: ledger.record_offer(db, batch, NOON_MS))
    await journal.write(lambda db: ledger.take(db, batch.lease_id))
    claimed = await journal.write(lambda db: claim(db, now_ms=NOON_MS))
    (delivery,) = claimed.deliveries
    await journal.write(lambda db: ledger.put_back(db, delivery, try_at_ms=NOON_MS + 1_000, tries=1))
    assert await injector._claim() == 0, "its time has not come"
    now_ms = NOON_MS - HOUR_MS
    assert await injector._claim() == 1
