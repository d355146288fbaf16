"""What the injector takes in hand, and when."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tenant_agent import ledger, spool, wire
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


def injector_of(journal: Journal, directory: Path, now_ms: Callable[[], int]) -> Injector:
    """Make an injector that no Postfix listens to."""
    router = make_router()
    return Injector(
        journal,
        router,
        Follower(journal, directory / "mail.log", router=router, on_events=lambda: None),
        PostfixQueue(directory, directory, 1),
        Gate(port=1),
        on_progress=lambda: None,
        now_ms=now_ms,
    )


async def take(journal: Journal, batch: wire.Offer) -> None:
    await journal.write(lambda db: ledger.record_offer(db, batch, NOON_MS))
    await journal.write(lambda db: ledger.take(db, batch.lease_id))


async def test_what_was_put_off_does_not_wait_for_a_clock_that_was_set_back(journal: Journal, tmp_path: Path) -> None:
    now_ms = NOON_MS
    injector = injector_of(journal, tmp_path, lambda: now_ms)
    await take(journal, offer(["bob@else.test"]))
    claimed = await journal.write(lambda db: claim(db, now_ms=NOON_MS))
    (delivery,) = claimed.deliveries
    await journal.write(lambda db: ledger.put_back(db, delivery, try_at_ms=NOON_MS + 1_000, tries=1))
    assert await injector._claim() == 0, "its time has not come"
    now_ms = NOON_MS - HOUR_MS
    assert await injector._claim() == 1


async def test_transactional_mail_is_taken_in_hand_however_much_other_mail_waits(
    journal: Journal, tmp_path: Path
) -> None:
    injector = injector_of(journal, tmp_path, lambda: NOON_MS)
    await take(journal, offer([f"bob{number}@else.test" for number in range(200)], stream="broadcast"))
    assert await injector._claim() == 60
    assert await injector._claim() == 0, "there is enough in the line"
    await take(journal, offer(["eve@else.test"]))
    assert await injector._claim() == 1
    assert "eve@else.test" in {(await injector._line.get()).delivery.recipient for _ in range(2)}
