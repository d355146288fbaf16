"""Work on mails that were claimed together: sorted once, taken by tenant, and noted in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.turns import Turns
from control_plane.inbound import queries
from control_plane.inbound.queries import Settled
from control_plane.inbound.schemas import Handler, Mail, NotYet, Taken

_LONGEST_SECONDS = 60
"""Of one batch, well before another worker may claim its mails; who is slower than that is tried again later."""
_MOST_AT_ONCE = 4  # each has a mail in parts in memory, and what is unpacked out of it
_LONGEST_PROBLEM = 1000
_NOBODYS = "Nobody takes mail for this address."
_TOO_SLOW = "It took too long: it is tried again."

_turns: Turns[str] = Turns(_MOST_AT_ONCE)
_log = structlog.get_logger()


class _Group(msgspec.Struct, frozen=True):
    """Mails that one handler takes together."""

    handler: Handler
    tenant_id: TenantId | None
    mails: Sequence[Mail]


class Batch:
    """Some mails, and what came of those that are through."""

    def __init__(self, runtime: Runtime, handlers: Sequence[Handler], mails: Sequence[Mail]) -> None:
        self._runtime = runtime
        self._handlers = handlers
        self._mails = mails
        self._begun: set[UUID] = set()
        self._came: dict[UUID, Taken | NotYet] = {}
        self._problems: dict[UUID, str] = {}

    async def work(self) -> None:
        """Have all mails taken, and note it; what there was no time for is due again at once.

        So it is with what is under way when the worker is told to stop: nobody's mail waits because of that.
        """
        limit = asyncio.timeout(_LONGEST_SECONDS)
        try:
            async with limit:
                await self._take_all()
        except Exception as error:  # noqa: BLE001 whatever it is, the mails are kept and tried again
            if limit.expired():
                self._problems |= dict.fromkeys(self._begun - self._came.keys() - self._problems.keys(), _TOO_SLOW)
            else:
                self._note_failure(error, self._mails)
        finally:
            await self._note()

    async def _take_all(self) -> None:
        groups = await self._sorted()
        async with asyncio.TaskGroup() as at_work:
            for group in groups:
                at_work.create_task(self._take(group))

    async def _sorted(self) -> list[_Group]:
        left = {mail.recipient for mail in self._mails}
        found: list[_Group] = []
        for handler in self._handlers:
            owners = await handler.sort(self._runtime, left) if left else {}
            left -= owners.keys()
            found += _groups(handler, owners, self._mails)
        self._came |= {mail.id: Taken(refused=_NOBODYS) for mail in self._mails if mail.recipient in left}
        return found

    async def _take(self, group: _Group) -> None:
        """Have a group taken; if that fails, each of its mails by itself, so that one does not hold up the others."""
        async with _turns.take("mail"):
            self._begun |= {mail.id for mail in group.mails}
            failure = await self._try(group)
        if failure is None:
            return
        if len(group.mails) == 1:
            self._note_failure(failure, group.mails)
            return
        for mail in group.mails:
            await self._take(_Group(group.handler, group.tenant_id, [mail]))

    async def _try(self, group: _Group) -> Exception | None:
        try:
            came = await group.handler.take(self._runtime, group.tenant_id, group.mails)
            self._came |= {mail.id: came[mail.id] for mail in group.mails}
        except Exception as error:  # noqa: BLE001 whatever it is, the mails are kept and tried again
            return error
        return None

    def _note_failure(self, error: Exception, mails: Sequence[Mail]) -> None:
        shown = [str(mail.id) for mail in mails]
        _log.error("mail could not be taken in", action="inbound.failed", mail_ids=shown, exc_info=error)
        problem = _storable(f"{type(error).__name__}: it is tried again.")
        self._problems |= {mail.id: problem for mail in mails if mail.id not in self._came}

    async def _note(self) -> None:
        now = self._runtime.clock.now()
        settled = [_settled(mail_id, each) for mail_id, each in self._came.items() if isinstance(each, Taken)]
        early = {mail_id: each.until for mail_id, each in self._came.items() if isinstance(each, NotYet)}
        until = self._not_through(now) | early
        async with self._runtime.db.fleet_tx() as tx:
            if settled:
                await queries.settle(tx, settled, now)
            if until:
                await queries.put_off(tx, until)
            if self._problems:
                await queries.note_problems(tx, self._problems)

    def _not_through(self, now: datetime) -> dict[UUID, datetime]:
        return {mail.id: now for mail in self._mails if mail.id not in self._came and mail.id not in self._problems}


def _groups(handler: Handler, owners: Mapping[str, TenantId | None], mails: Sequence[Mail]) -> list[_Group]:
    by_tenant: dict[TenantId, list[Mail]] = defaultdict(list)
    alone: list[_Group] = []
    for mail in mails:
        if mail.recipient in owners:
            tenant_id = owners[mail.recipient]
            if tenant_id is None:
                alone.append(_Group(handler, None, [mail]))
            else:
                by_tenant[tenant_id].append(mail)
    return [_Group(handler, *each) for each in by_tenant.items()] + alone


def _settled(mail_id: UUID, taken: Taken) -> Settled:
    if taken.refused is None:
        return Settled(mail_id=mail_id, status="done", tenant_id=taken.tenant_id)
    return Settled(mail_id=mail_id, status="refused", tenant_id=taken.tenant_id, problem=_storable(taken.refused))


def _storable(text: str) -> str:
    return text[:_LONGEST_PROBLEM].replace("\0", "\N{REPLACEMENT CHARACTER}")
