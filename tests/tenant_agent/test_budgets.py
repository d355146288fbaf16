"""What addresses that warm up have sent: exact, on disk and in memory, to the hour and the day of UTC."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_agent import budgets, ledger, wire
from tenant_agent.assignment import Assignment, Budget
from tenant_agent.budgets import Budgets, hour_of
from tenant_agent.journal import Journal
from tests.tenant_agent.mail_fixtures import offer

HOUR_MS = 3_600_000
MIDNIGHT_MS = 20_000 * 24 * HOUR_MS
CAP = wire.Cap(per_day=5, per_hour=3)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ledger.SCHEMA)
    yield connection
    connection.close()


def at(now_ms: int) -> Budget:
    return Budget("ip_1", "google", hour_of(now_ms))


def test_the_hours_cap_turns_with_the_hour_and_the_days_with_the_day() -> None:
    counted = Budgets()
    for hour, sent in ((0, 3), (1, 2)):
        for _ in range(sent):
            counted.count(at(MIDNIGHT_MS + hour * HOUR_MS), 1)
    first, second = MIDNIGHT_MS + 1, MIDNIGHT_MS + HOUR_MS + 1
    assert counted.left("ip_1", "google", CAP, first) <= 0
    assert counted.left("ip_1", "google", CAP, second) == 0
    assert counted.turns_ms("ip_1", "google", CAP, second) == MIDNIGHT_MS + 24 * HOUR_MS
    assert counted.left("ip_1", "google", CAP, MIDNIGHT_MS + 24 * HOUR_MS) == 3
    assert counted.left("ip_1", "yahoo", CAP, second) == 3


def test_while_the_day_has_room_the_next_hour_is_waited_for() -> None:
    counted = Budgets()
    for _ in range(3):
        counted.count(at(MIDNIGHT_MS), 1)
    assert counted.turns_ms("ip_1", "google", CAP, MIDNIGHT_MS + 5) == MIDNIGHT_MS + HOUR_MS


def on_disk(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    counted = Budgets()
    counted.load(db)
    return counted.today(MIDNIGHT_MS)


def test_an_assignment_is_counted_with_it_and_taken_back_when_it_was_not_injected(db: sqlite3.Connection) -> None:
    batch = offer(["a@else.test", "b@else.test", "c@else.test"])
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    way = Assignment("out-10-77-1-11--google:", wire.Route(), at(MIDNIGHT_MS))
    due = ledger.due(db, now_ms=0, most=10, most_bytes=10**9)
    put_back, refused, queued = ledger.assign(db, [(delivery, way) for delivery in due], 1).deliveries
    assert on_disk(db) == {"ip_1": {"google": 3}}
    ledger.put_back(db, put_back, try_at_ms=0, tries=1)
    ledger.refused(db, refused)
    ledger.queued(db, queued, "4jX5lx4zN7zCXkw", 1)
    assert on_disk(db) == {"ip_1": {"google": 1}}
    ledger.put_back(db, put_back, try_at_ms=0, tries=1)
    assert on_disk(db) == {"ip_1": {"google": 1}}, "a repeat takes nothing back"


def test_what_no_cap_looks_back_to_is_forgotten(db: sqlite3.Connection) -> None:
    budgets.count(db, [at(MIDNIGHT_MS), at(MIDNIGHT_MS + 80 * HOUR_MS)], 1)
    budgets.prune(db, MIDNIGHT_MS + 81 * HOUR_MS)
    assert db.execute("select count(*) from warmup_sent").fetchone() == (1,)


async def test_what_is_counted_while_the_disk_is_read_is_not_forgotten(tmp_path: Path) -> None:
    journal, counted, slow = Journal(tmp_path / "mail.db", (ledger.SCHEMA,)), Budgets(), threading.Event()
    one = at(MIDNIGHT_MS)

    def disk(db: sqlite3.Connection) -> None:
        slow.wait()
        budgets.count(db, [one], 1)

    counted.count(one, 1)
    before = asyncio.create_task(journal.write(disk))
    await asyncio.sleep(0)
    refreshing = asyncio.create_task(counted.refresh(journal))
    await asyncio.sleep(0)
    counted.count(one, 1)
    after = asyncio.create_task(journal.write(disk))
    slow.set()
    await asyncio.gather(before, refreshing, after)
    assert counted.left("ip_1", "google", CAP, MIDNIGHT_MS) == 1
    await counted.refresh(journal)
    assert counted.left("ip_1", "google", CAP, MIDNIGHT_MS) == 1
    journal.close()
