"""Gives submitted mail another way when its own was closed, as `reroute` does for the platform's.

It has no token: Postfix finds its new way by its sender. So all mail of a sender that was taken out of the queue has
one way, the latest; what was not taken out keeps the one that it was submitted with.
"""

import asyncio
import sqlite3
from functools import partial

import structlog

from tenant_agent import submitted
from tenant_agent.assignment import Assignment
from tenant_agent.journal import Journal
from tenant_agent.projections import RowStore, Unavailable
from tenant_agent.reroute import Queue
from tenant_agent.route import Router
from tenant_agent.submission import Submissions
from tenant_agent.submitted import Submitted

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 10.0
_PIECE = 500


class Resubmitter:
    """Runs until cancelled; what it is about is in the journal."""

    def __init__(
        self, journal: Journal, router: Router, submissions: Submissions, queue: Queue, ways: RowStore
    ) -> None:
        self._journal = journal
        self._router = router
        self._submissions = submissions
        self._queue = queue
        self._ways = ways
        self._after = ""

    async def run(self) -> None:
        """Look now and then."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.look()
            except (OSError, sqlite3.Error, Unavailable) as error:  # mail goes on meanwhile
                log.warning("queue.not_looked_at", reason=str(error) or type(error).__name__)

    async def look(self) -> None:
        """Take out what had better leave by another way; what is being tried just now is looked at again."""
        if not self._router.has_closed_ways():
            return
        piece = self._journal.read(partial(submitted.waiting, after=self._after, most=_PIECE))
        self._after = piece[-1].queue_id if len(piece) == _PIECE else ""
        found = [(mail, way) for mail in piece if (way := self._another_way(mail)) is not None]
        if found:
            await self._resubmit(found)

    def _another_way(self, mail: Submitted) -> Assignment | None:
        envelope = self._submissions.envelope(mail.sender, mail.tenant_id)
        return self._router.another(envelope, mail.domain, mail.assignment, mail.sender)

    async def _resubmit(self, found: list[tuple[Submitted, Assignment]]) -> None:
        await self._journal.write(lambda db: submitted.set_ways(db, [(mail.queue_id, way) for mail, way in found]))
        self._ways.write({mail.sender: way.way for mail, way in found}, ())
        requeued = await self._queue.requeue([mail.queue_id for mail, _ in found])
        busy = [(mail.queue_id, mail.assignment) for mail, _ in found if mail.queue_id not in requeued]
        await self._journal.write(lambda db: submitted.set_ways(db, busy))
        log.info("queue.resubmitted", messages=len(requeued), busy=len(busy))
