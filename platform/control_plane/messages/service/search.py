"""Find a page of messages by what each must be like: by its ids, by an answer, by its terms or by a status.

A search does not take long. One that would, because what it asks for stands far apart, ends its page early; the page's
`next` goes on where it stopped.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import asyncpg

from control_plane.core import ids
from control_plane.core.database import Connection, Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.tenancy import bound_tenant
from control_plane.messages.queries import search as queries
from control_plane.messages.queries.search import Found, Span
from control_plane.messages.search.asked import Asked
from control_plane.messages.search.queue_ids import queued_at
from control_plane.messages.search.terms import hashes

_SECONDS = 0.25
"""How long is looked for one page."""
_LONGEST = "3s"
"""How long one statement may take, whatever it meets."""
_LONGEST_SECONDS = 3.0
"""How long all of them may take together: ids and answers are looked up one by one."""
_STEP = timedelta(days=7)
_MOST_ANSWERS = 2000

_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)


class SearchTooWide(Refused):
    """The search takes too long: ask for less at once, with `since` and `until` or one more word."""

    code = "search_too_wide"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@asynccontextmanager
async def searching(db: Database) -> AsyncGenerator[Transaction]:
    """Open a transaction in which nothing takes long; raises `SearchTooWide` when one would."""
    try:
        async with db.tenant_tx() as tx, asyncio.timeout(_LONGEST_SECONDS):
            await tx.connection.execute(f"set local statement_timeout = '{_LONGEST}'")
            yield tx
    except (asyncpg.QueryCanceledError, TimeoutError) as error:
        raise SearchTooWide from error


async def find_ids(connection: Connection, asked: Asked, after: UUID | None, most: int) -> Found:
    """Find messages of the bound tenant, newest first."""
    search = _Search(connection, asked)
    span = Span(
        ids.lower_bound(asked.since) if asked.since else _FIRST,
        min(after or _LAST, ids.lower_bound(asked.until) if asked.until else _LAST),
    )
    if asked.message_ids is not None or asked.delivery_ids or asked.queue_ids:
        return Found(await search.identified(span))
    if asked.replies:
        return await search.answered(span, most)
    if asked.terms or asked.anywhere:
        return await search.described(span, most)
    assert asked.status, "all messages are no search"
    return Found(await queries.by_status(connection, bound_tenant(), asked.status, span, most))


class _Search:
    """One page that is looked for."""

    def __init__(self, connection: Connection, asked: Asked) -> None:
        self._connection = connection
        self._asked = asked
        self._tenant_id = bound_tenant()
        self._alternatives = [hashes(self._tenant_id, terms) for terms in asked.alternatives]
        self._ends = time.monotonic() + _SECONDS

    async def identified(self, span: Span) -> list[UUID]:
        """Find what all the ids mean."""
        found = [set(self._asked.message_ids)] if self._asked.message_ids is not None else []
        found += [await self._of_delivery(each) for each in self._asked.delivery_ids]
        found += [await self._of_queue_id(each) for each in self._asked.queue_ids]
        kept = await self._fitting(set.intersection(*found), span)
        if self._asked.replies:
            kept = {each for each in kept if each in await self._answers(_only(each))}
        return sorted(kept, reverse=True)

    async def answered(self, span: Span, most: int) -> Found:
        """Find what somebody answered so, week by week."""
        found: list[UUID] = []
        whole = await queries.narrowed(self._connection, self._tenant_id, span)
        for part in whole.steps(_STEP) if whole else ():
            answers = await self._answers(part)
            found += sorted(await self._fitting(answers, part), reverse=True)
            if len(found) >= most:
                return Found(found[:most])
            if len(answers) == _MOST_ANSWERS:
                return Found(found, min(answers))
            if time.monotonic() > self._ends:
                return Found(found, part.first)
        return Found(found)

    async def described(self, span: Span, most: int) -> Found:
        """Find what has one of the sets of terms."""
        parts = []
        seconds, status = _SECONDS / len(self._alternatives), self._asked.status
        for hashed in self._alternatives:
            part = await queries.by_terms(self._connection, self._tenant_id, hashed, status, span, most, seconds)
            parts.append(part)
        bounds = [part.ids[-1] if len(part.ids) >= most else part.reached for part in parts]
        oldest = max((bound for bound in bounds if bound), default=None)  # what is older was not looked at everywhere
        found = sorted({each for part in parts for each in part.ids if each >= (oldest or _FIRST)}, reverse=True)
        return Found(found[:most], oldest)

    async def _of_delivery(self, delivery_id: UUID) -> set[UUID]:
        return _set_of(await queries.by_delivery(self._connection, self._tenant_id, delivery_id))

    async def _of_queue_id(self, queue_id: str) -> set[UUID]:
        moment = queued_at(queue_id)
        assert moment, "only what is a queue id is asked for as one"
        return _set_of(await queries.by_queue_id(self._connection, self._tenant_id, queue_id, ids.lower_bound(moment)))

    async def _answers(self, span: Span) -> set[UUID]:
        found = [
            set(await queries.by_reply(self._connection, self._tenant_id, phrase, span, _MOST_ANSWERS))
            for phrase in self._asked.replies
        ]
        return set.intersection(*found)

    async def _fitting(self, message_ids: Collection[UUID], span: Span) -> set[UUID]:
        """Keep what fits all else that is asked for."""
        kept: set[UUID] = set()
        if message_ids:
            for hashed in self._alternatives:
                kept |= await queries.with_terms(self._connection, self._tenant_id, message_ids, hashed, span)
        if not kept or self._asked.status is None:
            return kept
        return await queries.with_status(self._connection, self._tenant_id, kept, self._asked.status)


def _set_of(found: UUID | None) -> set[UUID]:
    return set() if found is None else {found}


def _only(message_id: UUID) -> Span:
    return Span(message_id, UUID(int=message_id.int + 1))
