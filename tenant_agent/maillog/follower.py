"""Reads the mail log as it grows and books it; the checkpoint moves in the same transaction."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tenant_agent.journal import Journal
from tenant_agent.maillog.account import Booked, book
from tenant_agent.maillog.answers import Answer
from tenant_agent.maillog.parser import Parser
from tenant_agent.maillog.records import Record
from tenant_agent.maillog.tail import Position, Tail
from tenant_agent.route import Router

SCHEMA = """
create table if not exists log_checkpoint (
  id integer primary key check (id = 1),
  position blob not null,
  tls blob not null                        -- what the parser remembers
);
"""

_POLL_SECONDS = 0.05
"""Between two looks at the log: what Postfix writes meanwhile is booked in one transaction."""

_FAR_BEHIND = 64 * 1024
"""After so many characters at once the next look is taken at once."""

_tls_states = msgspec.msgpack.Decoder(dict[str, tuple[str, str]])
_positions = msgspec.msgpack.Decoder(Position)


class Follower:
    """Keeps the journal up to date with the log."""

    def __init__(
        self,
        journal: Journal,
        path: Path,
        *,
        router: Router,
        on_events: Callable[[], None],
        on_answers: Callable[[Sequence[Answer]], None] = lambda _: None,
        book_probes: Callable[[sqlite3.Connection, Sequence[Record]], bool] = lambda _db, _records: False,
        on_probes: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._router = router
        self._on_events = on_events
        self._on_answers = on_answers
        self._book_probes = book_probes
        self._on_probes = on_probes
        self._expected: tuple[str, asyncio.Event] | None = None
        row = journal.read(lambda db: db.execute("select position, tls from log_checkpoint").fetchone())
        self._tail = Tail(path, _positions.decode(row[0]) if row else None)
        self._parser = Parser(_tls_states.decode(row[1]) if row else None)

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                if not await self.read_on():
                    await asyncio.sleep(_POLL_SECONDS)
        finally:
            self._tail.close()

    async def read_on(self) -> bool:
        """Book the next piece of the log; tells whether the reader is far behind."""
        text = self._tail.read()
        if not text:
            return False
        position, node = self._tail.position, self._router.node.name
        records = list(self._parser.records(text))  # the parser remembers, and the transaction may be repeated

        def absorb(db: sqlite3.Connection) -> tuple[Booked, bool]:
            outcome = book(db, node, records)
            tells_of_probes = self._book_probes(db, records)
            db.execute(
                "insert or replace into log_checkpoint (id, position, tls) values (1, ?, ?)",
                (msgspec.msgpack.encode(position), msgspec.msgpack.encode(self._parser.tls)),
            )
            return outcome, tells_of_probes

        booked, tells_of_probes = await self._journal.write(absorb)
        if tells_of_probes:
            self._on_probes()
        if booked.events:
            self._on_events()
        if booked.answers:
            self._on_answers(booked.answers)
        if self._expected is not None and self._expected[0] in booked.marks:
            self._expected[1].set()
        return len(text) >= _FAR_BEHIND

    def expect(self, mark: str) -> asyncio.Event:
        """Give what is set when a line with this mark has been booked, and so all lines before it."""
        seen = asyncio.Event()
        self._expected = (mark, seen)
        return seen
