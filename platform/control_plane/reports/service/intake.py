"""Takes the mail to the addresses that reports come to: the left side says whose it is, the content what it is.

`<token>@` is what stands in a domain's DMARC and TLS-RPT records; `tls-<token>@` and `fbl-<token>@` are the same for
who wants them apart. `fbl@` is for feedback loops that the operator registered for all tenants.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Database
from control_plane.core.ids import TenantId, encode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.core.threads import in_thread
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.channels import of_domain
from control_plane.mail_domains.service import ReportOwner
from control_plane.reports.reading import Letter, Unreadable, read
from control_plane.reports.service.keep_complaint import keep_complaint, owner_of
from control_plane.reports.service.keep_dmarc import keep_dmarc
from control_plane.reports.service.keep_tls import keep_tls

_FOR_ALL = "fbl"
_PREFIXES = ("tls-", "fbl-")


class ReportIntake:
    """What the worker hands mail to the reports' domain to."""

    async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
        """Find the addresses that are ours."""
        ours = runtime.settings.reports_domain
        return {each: None for each in recipients if ours and each.rpartition("@")[2].lower() == ours}

    async def take(
        self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
    ) -> Mapping[UUID, Taken | NotYet]:
        """Keep the reports in each mail."""
        del tenant_id
        now = runtime.clock.now()
        return {mail.id: await take(runtime.db, mail.recipient, mail.raw, now) for mail in mails}


async def take(db: Database, recipient: str, raw: bytes, now: datetime) -> Taken:
    """Keep what a mail reports, in whole or not at all; what cannot be kept is refused with the reason."""
    local = recipient.rpartition("@")[0].lower()
    if local == _FOR_ALL:
        return await _take_for_all(db, raw, now)
    owner = await _owner(db, local)
    if owner is None:
        return Taken(refused="There is no domain with this address for reports.")
    with acting_for(owner.tenant_id):
        try:
            letter = await in_thread(read, raw, now)
            await _keep(db, owner, letter, raw, now)
        except Unreadable as unreadable:
            return Taken(tenant_id=owner.tenant_id, refused=str(unreadable))
    return Taken(tenant_id=owner.tenant_id)


async def take_returned(db: Database, tenant_id: TenantId, return_path: str, raw: bytes, now: datetime) -> Taken:
    """Keep a complaint that came to a return path of ours, which says what it is about, whatever else it says."""
    with acting_for(tenant_id):
        try:
            letter = await in_thread(read, raw, now)
            if letter.complaint is None:
                return Taken(tenant_id=tenant_id, refused="It holds no complaint.")
            complaint = msgspec.structs.replace(letter.complaint, return_path=return_path)
            owner = await owner_of(db, complaint)
            if owner.tenant_id != tenant_id:
                return Taken(tenant_id=tenant_id, refused="The domain of the mail is somebody else's by now.")
            await keep_complaint(db, owner, complaint, raw, now, for_all=True)
        except Unreadable as unreadable:
            return Taken(tenant_id=tenant_id, refused=str(unreadable))
    return Taken(tenant_id=tenant_id)


async def _owner(db: Database, local: str) -> ReportOwner | None:
    token = next((local.removeprefix(prefix) for prefix in _PREFIXES if local.startswith(prefix)), local)
    async with db.fleet_tx() as tx:
        return await mail_domains.find_by_report_token(tx, token)


async def _keep(db: Database, owner: ReportOwner, letter: Letter, raw: bytes, now: datetime) -> None:
    async with db.joined_tx() as tx:
        for report in letter.dmarc:
            await keep_dmarc(db, owner, report, now)
        for each in letter.tls:
            await keep_tls(db, owner, each, now)
        if letter.complaint:
            await keep_complaint(db, owner, letter.complaint, raw, now, for_all=False)
        tx.outbox.signal(of_domain(encode("dom", owner.domain_id)))


async def _take_for_all(db: Database, raw: bytes, now: datetime) -> Taken:
    try:
        letter = await asyncio.to_thread(read, raw, now)
        if letter.complaint is None:
            return Taken(refused="This address is for complaints only.")
        owner = await owner_of(db, letter.complaint)
        await keep_complaint(db, owner, letter.complaint, raw, now, for_all=True)
    except Unreadable as unreadable:
        return Taken(refused=str(unreadable))
    return Taken(tenant_id=owner.tenant_id)
