"""Send notices: each is accepted as a message of the operator, through the same door as everybody's."""

from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

import asyncpg
import msgspec
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.languages import catalogues
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.messages import service as messages
from control_plane.messages.schemas import EmailAddress, NewMessage
from control_plane.notices import queries
from control_plane.notices.letters import letter_of
from control_plane.notices.rendering import Mail, Sender, mail_of
from control_plane.notices.schemas import Notice
from control_plane.notices.service.write import SEND_JOB
from control_plane.settings import Settings

_AT_ONCE = 100
_LONGEST_PAUSE = timedelta(minutes=15)
_NEXT_STEP = "the platform cannot write to people: add the sender's domain to the operator's account and prove it"

_log = structlog.get_logger()
_notices: "msgspec.json.Decoder[Notice]" = msgspec.json.Decoder(Notice)


async def can_send(db: Database, settings: Settings) -> bool:
    """Say whether the platform can write mails just now: its sender's domain is the operator's and proven."""
    async with db.fleet_tx() as tx:
        operator_id = await queries.operator(tx)
    domain = parseaddr(settings.system_sender)[1].rpartition("@")[2]
    if operator_id is None or not await _is_proven(db, operator_id, domain):
        _log.warning(_NEXT_STEP, action="notices.no_sender", domain=domain)
        return False
    return True


async def send(runtime: Runtime, notice_id: UUID) -> None:
    """Send a notice if it is due, and forget it; what cannot be sent just now is tried again until it is of no use.

    The message is accepted before the notice is forgotten: a crash in between writes twice, never not at all.
    """
    now = runtime.clock.now()
    async with runtime.db.fleet_tx() as tx:
        row = await queries.take(tx, notice_id, now)
        if row is None:
            return
        if row["expires_at"] <= now or await _accept(runtime, await queries.operator(tx), row):
            await queries.delete(tx, notice_id)
        else:
            await queries.put_off(tx, notice_id, now + _pause(row["tries"]))


async def trigger_due(db: Database, clock: Clock) -> None:
    """Trigger `notices.send` for what is due."""
    async with db.fleet_tx() as tx:
        for notice_id in await queries.due(tx, clock.now(), _AT_ONCE):
            tx.outbox.trigger(SEND_JOB, str(notice_id))


def _pause(tries: int) -> timedelta:
    return min(timedelta(seconds=10 * 2 ** min(tries, 10)), _LONGEST_PAUSE)


def _mail(settings: Settings, row: asyncpg.Record) -> Mail:
    words = catalogues.translations(row["language"])
    letter = letter_of(_notices.decode(row["notice"]), words)
    name = parseaddr(settings.system_sender)[0] or "Fleetpost"
    return mail_of(letter, Sender(name=name, url=_host(settings, row["about_tenant_id"])), row["language"])


def _host(settings: Settings, _about: UUID | None) -> str:
    """Give where the links lead; an agency's clients will be led to the agency's own host here."""
    return settings.public_url


async def _accept(runtime: Runtime, operator_id: UUID | None, row: asyncpg.Record) -> bool:
    """Accept a notice as a message; False when that is not possible just now."""
    if operator_id is None:
        return False
    new = _message(runtime.settings, row["recipient"], _mail(runtime.settings, row))
    try:
        with acting_for(operator_id):
            await messages.accept(runtime.db, runtime.clock, new)
    except Refused as refused:
        _log.warning(_NEXT_STEP, action="notices.refused", code=refused.code)
        return False
    return True


def _message(settings: Settings, recipient: str, mail: Mail) -> NewMessage:
    name, address = parseaddr(settings.system_sender)
    return NewMessage(
        sender=EmailAddress(email=address, name=name),
        to=(EmailAddress(email=recipient),),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers={"Auto-Submitted": "auto-generated"},
        tags=("platform",),
    )


async def _is_proven(db: Database, operator_id: UUID, domain: str) -> bool:
    with acting_for(operator_id):
        async with db.tenant_tx() as tx:
            found = await mail_domains.sending_domains(tx, [domain])
    return not isinstance(found[domain], DomainNotUsable)
