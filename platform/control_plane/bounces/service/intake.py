"""Takes the mails that come to return paths: the address says which delivery they are about, the content what they say.

What is not signed by us, or too old, is counted and let go: nobody can tell whose it would be.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from control_plane.bounces.classify import classify
from control_plane.bounces.queries import counts
from control_plane.bounces.reading import Returned, read
from control_plane.bounces.return_path import ReturnPaths
from control_plane.bounces.schemas import Bounced
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.deliveries.service import Sent
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.reports import service as reports
from tenant_agent import wire

_KEPT = timedelta(days=30)
_log = structlog.get_logger()


class ReturnIntake:
    """What the worker hands mail to return paths to."""

    async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
        """Find the addresses that are shaped like a return path."""
        del runtime
        return {each: None for each in recipients if wire.read_return_path(each) is not None}

    async def take(
        self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
    ) -> Mapping[UUID, Taken | NotYet]:
        """Find out of each whose it is and what it says, and do what follows from that."""
        del tenant_id
        return {mail.id: await _take(runtime, mail) for mail in mails}


async def _take(runtime: Runtime, mail: Mail) -> Taken:
    path = wire.read_return_path(mail.recipient)
    assert path is not None
    now = runtime.clock.now()
    delivery_id = ReturnPaths.of(runtime.vault).delivery_of(path)
    if delivery_id is None:
        return await _let_go(runtime.db, "forged", "The return path is none that we signed.", mail, now)
    returned = await asyncio.to_thread(read, mail.raw)
    return await _taken(runtime.db, mail, path.domain, delivery_id, returned, now)


async def _let_go(db: Database, outcome: str, why: str, mail: Mail, now: datetime) -> Taken:
    async with db.fleet_tx() as tx:
        await counts.count_returned(tx.connection, now.date(), outcome)
    _log.warning("a bounce was let go", action="bounces.let_go", outcome=outcome, client=mail.client, mail=str(mail.id))
    return Taken(refused=why)


async def _taken(db: Database, mail: Mail, domain: str, delivery_id: UUID, returned: Returned, now: datetime) -> Taken:
    async with db.fleet_tx() as tx:
        sent = await deliveries.find_sent(tx, domain, delivery_id)
        is_too_old = sent is not None and now - sent.went_at > _KEPT
        if sent is not None and not is_too_old:
            if returned.kind == "failed":
                bounced = _bounced(sent, delivery_id, returned, now)
                await deliveries.came_back(tx, bounced, dsn=returned.dsn, reporter=returned.reporter, now=now)
            await counts.count_returned(tx.connection, now.date(), returned.kind)
    if sent is None:
        return await _let_go(db, "gone", "The delivery that it is about is not there any more.", mail, now)
    if is_too_old:
        return await _let_go(db, "too_old", "The mail that it is about went more than 30 days ago.", mail, now)
    tenant_id = TenantId(sent.tenant_id)
    if returned.kind == "complaint":
        return await reports.take_returned(db, tenant_id, mail.recipient, mail.raw, now)
    if returned.kind == "unreadable":
        return Taken(tenant_id=tenant_id, refused="It is no bounce in any form that is known.")
    return Taken(tenant_id=tenant_id)


def _bounced(sent: Sent, delivery_id: UUID, returned: Returned, now: datetime) -> Bounced:
    return Bounced(
        tenant_id=sent.tenant_id,
        message_id=sent.mail.message_id,
        delivery_id=delivery_id,
        recipient=sent.mail.recipient,
        bounce_class=classify(returned.reply, returned.dsn).bounce_class,
        reply=returned.reply,
        at=now,
    )
