"""Events on disk until the control plane has them, in the order in which they happened."""

import asyncio
import sqlite3
from collections.abc import Iterable

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.outlet import Outlet

log = structlog.get_logger(__name__)

SCHEMA = """
create table if not exists spool (
  seq integer primary key autoincrement,   -- never used twice: a batch is named by its last one
  event blob not null
);
"""

_MOST_PER_REPORT = 500
_MOST_UNANSWERED = 4  # reports; more would only fill the link's buffers

_PAUSE_SECONDS = 0.25
"""Between two reports, unless the first was full. The first event after a quiet moment goes at once; under load each
report then holds many events, and it is reports that cost the control plane, not events."""

_events = msgspec.msgpack.Decoder(wire.Event)


def append(db: sqlite3.Connection, events: Iterable[wire.Event]) -> None:
    """Add events, in the transaction of what caused them."""
    db.executemany("insert into spool (event) values (?)", [(wire.encode(event),) for event in events])


def next_report(db: sqlite3.Connection, after: int) -> wire.Report | None:
    """Give the oldest events after a batch, or None when there are none."""
    rows = db.execute("select seq, event from spool where seq > ? order by seq limit ?", (after, _MOST_PER_REPORT))
    found = rows.fetchall()
    if not found:
        return None
    return wire.Report(batch=found[-1][0], events=tuple(_events.decode(event) for _, event in found))


def acknowledge(db: sqlite3.Connection, batch: int) -> None:
    """Drop a batch and what came before it."""
    db.execute("delete from spool where seq <= ?", (batch,))


def size(db: sqlite3.Connection) -> int:
    """Count the events that the control plane does not have."""
    count: int = db.execute("select coalesce(max(seq) - min(seq) + 1, 0) from spool").fetchone()[0]
    return count


class Reporter:
    """Sends the spool, a few reports ahead of the answers, and from its beginning after every reconnection."""

    def __init__(self, journal: Journal, outlet: Outlet) -> None:
        self._journal = journal
        self._outlet = outlet
        self._news = asyncio.Event()
        self._connected = False
        self._sent = 0
        self._unanswered: set[int] = set()

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    def connected(self) -> None:
        """Begin again with the oldest event."""
        self._connected, self._sent = True, 0
        self._unanswered.clear()
        self.wake()

    def disconnected(self) -> None:
        """Keep everything until the next connection."""
        self._connected = False

    async def received(self, batch: int) -> None:
        """The control plane has stored a batch."""
        self._unanswered.discard(batch)
        self.wake()
        await self._journal.write(lambda db: acknowledge(db, batch))

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._send_what_there_is()
            except LinkDown:
                self.disconnected()

    async def _send_what_there_is(self) -> None:
        while self._connected and len(self._unanswered) < _MOST_UNANSWERED:
            report = self._journal.read(self._next_report)
            if report is None:
                return
            self._sent = report.batch
            self._unanswered.add(report.batch)
            await self._outlet.send(report)
            if len(report.events) < _MOST_PER_REPORT:
                await asyncio.sleep(_PAUSE_SECONDS)

    def _next_report(self, db: sqlite3.Connection) -> wire.Report | None:
        return next_report(db, self._sent)
