"""Keep a complaint, once, and tell of it on the timeline of the mail that it is about."""

import hashlib
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

import msgspec

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import MalformedId, decode, from_bare, lower_bound, new_uuid
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.deliveries.schemas import SentMail
from control_plane.mail_domains.service import ReportOwner
from control_plane.reports.queries import complaints as queries
from control_plane.reports.reading import ReadComplaint, Unreadable
from control_plane.reports.sources import is_about
from tenant_agent import wire

_MOST = 2000
"""Of one domain in a day: anybody can write to its address."""
_PERIOD = timedelta(days=1)
_NO_COMPLAINT = "not-spam"

Fingerprint = NewType("Fingerprint", bytes)


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """The mail that is complained about, as far as it is ours."""

    domain: str = ""
    delivery_id: UUID | None = None
    message_id: UUID | None = None


async def owner_of(db: Database, complaint: ReadComplaint) -> ReportOwner:
    """Say whose mail is complained about, by what only our own mails bear; raises `Unreadable`."""
    mail = mail_of(complaint)
    async with db.fleet_tx() as tx:
        found = await queries.owner_of(tx.connection, mail.domain) if mail.domain else None
    if found is None:
        raise Unreadable("The complaint is about no mail of ours.")
    return ReportOwner(tenant_id=found[0], domain_id=found[1], name=mail.domain)


async def keep_complaint(
    db: Database, owner: ReportOwner, complaint: ReadComplaint, raw: bytes, now: datetime, *, for_all: bool
) -> None:
    """Store a complaint about a tenant's mail; again, nothing happens. Raises `Unreadable` when it is not about it.

    At the address `for_all`, who knows a mail that we sent is believed, and nobody else.
    """
    mail = mail_of(complaint)
    if not is_about(mail.domain or complaint.header_from, owner.name):
        raise Unreadable("The complaint is about mail of another domain.")
    with acting_for(owner.tenant_id):
        async with db.tenant_tx() as tx:
            found = await deliveries.complained_about(tx, mail.delivery_id, mail.message_id, complaint.recipient)
            if found is None and for_all:
                raise Unreadable("The complaint is about no mail of ours.")
            if await queries.count_since(tx.connection, owner.domain_id, lower_bound(now - _PERIOD)) >= _MOST:
                raise Unreadable("More complaints about this domain came in a day than anybody could read.")
            await _store(tx, owner, complaint, found, _fingerprint(complaint, found, raw), now)


async def _store(
    tx: Transaction,
    owner: ReportOwner,
    complaint: ReadComplaint,
    found: SentMail | None,
    fingerprint: Fingerprint,
    now: datetime,
) -> None:
    is_new = await queries.insert(
        tx.connection,
        new_uuid(),
        owner.domain_id,
        complaint.kind,
        complaint.reporter,
        (found.recipient if found else None) or complaint.recipient,
        found.message_id if found else None,
        found.delivery_id if found else None,
        fingerprint,
    )
    if is_new and found and found.delivery_id and complaint.kind != _NO_COMPLAINT:
        await deliveries.complain(tx, found, complaint.reporter, now)


def mail_of(complaint: ReadComplaint) -> Mail:
    """Recognise a mail of ours by its return path or its Message-ID; nobody guesses an id, signed or not."""
    path = wire.read_return_path(complaint.return_path)
    unsigned, _, return_domain = complaint.return_path.rpartition("@")
    delivery_id = _id(path.token if path else unsigned)
    domain = path.domain if path else return_domain.lower().removeprefix(f"{wire.RETURN_LABEL}.")
    left, _, right = complaint.message_id.rpartition("@")
    return Mail(
        domain=domain if delivery_id else right.lower() if _message(left) else "",
        delivery_id=delivery_id,
        message_id=_message(left),
    )


def _id(token: str) -> UUID | None:
    try:
        return from_bare(token.lower())
    except MalformedId:
        return None


def _message(text: str) -> UUID | None:
    try:
        return decode("msg", text.lower())
    except MalformedId:
        return None


def _fingerprint(complaint: ReadComplaint, found: SentMail | None, raw: bytes) -> Fingerprint:
    """Tell complaints apart by the delivery, else by the mail and who reports, else by their very text."""
    if found and found.delivery_id:
        known = f"delivery {found.delivery_id} {complaint.kind == _NO_COMPLAINT}".encode()
    elif complaint.message_id:
        known = f"{complaint.message_id} {complaint.recipient} {complaint.reporter} {complaint.kind}".encode()
    else:
        known = raw
    return Fingerprint(hashlib.sha256(known).digest())
