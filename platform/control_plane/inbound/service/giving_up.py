"""What was tried often enough is given up: with whose it is, with a line in the log, and with a word to operators."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import asyncpg
import structlog

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.inbound import queries
from control_plane.inbound.queries import Settled
from control_plane.inbound.schemas import Handler
from control_plane.notices import service as notices
from control_plane.notices.schemas import MailGivenUp

_TOLD_AGAIN_AFTER = timedelta(days=1)
_PATH = "/operator"
_UNREADABLE = "It could not be read in several attempts."

_log = structlog.get_logger()


async def give_up(runtime: Runtime, handlers: Sequence[Handler], rows: Sequence[asyncpg.Record]) -> None:
    """Refuse mails for good that were answered for long ago; operators are written to at most once a day."""
    owners = await _owners(runtime, handlers, {row["recipient"] for row in rows})
    settled = [_refused(row, owners.get(row["recipient"])) for row in rows]
    for each in settled:
        shown = {"mail_id": str(each.mail_id), "tenant_id": str(each.tenant_id or ""), "problem": each.problem}
        _log.error("a mail is given up", action="inbound.given_up", **shown)
    now = runtime.clock.now()
    async with runtime.db.fleet_tx() as tx:
        is_news = not await queries.has_given_up(tx, now - _TOLD_AGAIN_AFTER)
        operator = await queries.operator(tx) if is_news else None
        if operator is not None:
            await _write(runtime.db, operator, rows[0]["recipient"], settled[0])
        await queries.give_up(tx, settled, now)


async def _owners(runtime: Runtime, handlers: Sequence[Handler], recipients: set[str]) -> Mapping[str, TenantId | None]:
    found: dict[str, TenantId | None] = {}
    for handler in handlers:
        try:
            found = {**await handler.sort(runtime, recipients - found.keys()), **found}
        except Exception:  # noqa: BLE001 it may be why nothing came of them
            _log.exception("it cannot be said whose mail is", action="inbound.unsorted")
    return found


def _refused(row: asyncpg.Record, tenant_id: TenantId | None) -> Settled:
    return Settled(mail_id=row["id"], status="refused", tenant_id=tenant_id, problem=row["problem"] or _UNREADABLE)


async def _write(db: Database, operator: TenantId, recipient: str, settled: Settled) -> None:
    notice = MailGivenUp(
        path=_PATH,
        domain=recipient.rpartition("@")[2],
        mail_id=str(settled.mail_id),
        problem=settled.problem or _UNREADABLE,
    )
    with acting_for(operator):
        async with db.tenant_tx() as letters:
            await notices.tell_tenant(letters, notice)
