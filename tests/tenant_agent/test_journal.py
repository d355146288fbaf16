"""The journal: durable, grouped, and fair to those whose work did not fail."""

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tenant_agent.journal import Journal

SCHEMA = "create table if not exists notes (text text not null);"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "mail.db", [SCHEMA])
    yield opened
    opened.close()


def note(db: sqlite3.Connection, text: str | None) -> int | None:
    return db.execute("insert into notes values (?)", (text,)).lastrowid


def notes(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("select text from notes order by rowid")]


async def test_what_was_written_is_read_back_and_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "mail.db", [SCHEMA])
    assert await journal.write(lambda db: note(db, "one")) == 1
    assert journal.read(notes) == ["one"]
    journal.close()
    again = Journal(tmp_path / "mail.db", [SCHEMA])
    assert again.read(notes) == ["one"]
    again.close()


async def test_work_that_is_asked_for_together_is_done_in_order(journal: Journal) -> None:
    texts = [str(number) for number in range(200)]
    await asyncio.gather(*(journal.write(partial(note, text=text)) for text in texts))
    assert journal.read(notes) == texts


async def test_failing_work_fails_alone(journal: Journal) -> None:
    outcomes = await asyncio.gather(
        *(journal.write(partial(note, text=text)) for text in ("one", None, "three")),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [int, sqlite3.IntegrityError, int]
    assert journal.read(notes) == ["one", "three"]


async def test_work_goes_on_when_nobody_waits_for_it_any_more(journal: Journal) -> None:
    task = asyncio.create_task(journal.write(lambda db: note(db, "one")))
    await asyncio.sleep(0)
    task.cancel()
    await journal.write(lambda db: note(db, "two"))
    assert journal.read(notes) == ["one", "two"]


def test_only_root_can_read_it(tmp_path: Path) -> None:
    Journal(tmp_path / "mail.db", [SCHEMA]).close()
    assert (tmp_path / "mail.db").stat().st_mode & 0o777 == 0o600


async def test_a_reader_cannot_write(journal: Journal) -> None:
    with pytest.raises(sqlite3.OperationalError):
        journal.read(lambda db: note(db, "one"))


async def test_a_full_disk_is_waited_for_and_nothing_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "mail.db", [SCHEMA], retry_seconds=0.01)
    pages = journal.read(lambda db: db.execute("pragma page_count").fetchone()[0])
    journal._connection.execute(f"pragma max_page_count = {pages}")
    work = [asyncio.create_task(journal.write(partial(note, text=str(number) * 50_000))) for number in range(3)]
    done, waiting = await asyncio.wait(work, timeout=0.1)
    assert not done
    assert len(waiting) == 3
    journal._connection.execute("pragma max_page_count = 1000000")
    await asyncio.gather(*work)
    assert [text[0] for text in journal.read(notes)] == ["0", "1", "2"]
    journal.close()


async def test_closing_does_not_wait_for_a_full_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "mail.db", [SCHEMA])
    pages = journal.read(lambda db: db.execute("pragma page_count").fetchone()[0])
    journal._connection.execute(f"pragma max_page_count = {pages}")
    work = asyncio.create_task(journal.write(partial(note, text="x" * 50_000)))
    await asyncio.sleep(0)
    await asyncio.to_thread(journal.close)
    with pytest.raises(sqlite3.OperationalError):
        await work
