"""Ask people to join an account, and the ways to take that back."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts.emails import address_of
from control_plane.accounts.errors import (
    AlreadyMember,
    InvitationExists,
    InvitedEnough,
    SentJustNow,
    TooManyInvitations,
)
from control_plane.accounts.people import Invitation, NewInvitation
from control_plane.accounts.queries import invitations as queries
from control_plane.accounts.queries import members
from control_plane.accounts.rights import require_role
from control_plane.accounts.schemas import Role
from control_plane.audit import service as audit
from control_plane.core import crypto, etag
from control_plane.core.actor import current_actor
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.notices import service as notices
from control_plane.notices.schemas import Invitation as InvitationNotice

INVITATION = "inv"
LINK_PREFIX = "fpi"
GOOD_FOR = timedelta(days=7)
_MOST_OPEN = 200
_PAUSE = timedelta(minutes=1)
MAILS_TO_ONE, MAILS_TO_ONE_BY_ALL, MAILS_BY_ONE = 5, 20, 500
"""In a day: from an account and all below it to one address, to one address from anywhere, and from such an account."""
_CLOCK = SystemClock()


async def list_invitations(db: Database, after: UUID | None, limit: int) -> Page[Invitation]:
    """List open invitations, newest first; what has expired stays listed until it is sent again or withdrawn."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, after, limit + 1)
    shown = tuple([_view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_invitation(db: Database, invitation_id: UUID) -> Invitation:
    """Give an invitation; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return _view(await _found(tx, invitation_id))


async def invite(db: Database, clock: Clock, subject: Subject, new: NewInvitation) -> Invitation:
    """Ask somebody to join the bound tenant, by mail.

    Raises `Invalid`, `RoleOutOfReach`, `AlreadyMember`, `InvitationExists`, `TooManyInvitations`,
    `InvitedEnough`.
    """
    require_role(subject, new.role)
    async with db.tenant_tx() as tx:
        invitation_id = await _invite(tx, clock, bound_tenant(), address_of(new.email), new.role, _inviter())
        return _view(await _found(tx, invitation_id))


async def invite_owner(
    tx: Transaction, tenant_id: UUID, email: str, invited_by: str = "", clock: Clock = _CLOCK
) -> None:
    """Ask somebody to be a tenant's owner, as either role; `invited_by` says who asks, in words.

    Raises `Invalid` at `owner_email`, `AlreadyMember`, `InvitationExists`, `InvitedEnough`.
    """
    await _invite(tx, clock, tenant_id, address_of(email, "owner_email"), "owner", invited_by)


async def resend(
    db: Database, clock: Clock, subject: Subject, invitation_id: UUID, if_match: str | None = None
) -> Invitation:
    """Mail an invitation again with a new link, good for seven more days; the one before is worth nothing.

    Raises `NotFound`, `RoleOutOfReach`, `SentJustNow`, `InvitedEnough`.
    """
    credential, now = crypto.new_credential(LINK_PREFIX), clock.now()
    async with db.tenant_tx() as tx:
        row = await _found(tx, invitation_id)
        etag.check(if_match, _view(row))
        require_role(subject, row["role"])
        if row["sent_at"] + _PAUSE > now:
            raise SentJustNow
        await queries.renew(tx, invitation_id, credential, now, now + GOOD_FOR)
        await _mail(tx, bound_tenant(), row["email"], credential.token, _inviter(), now + GOOD_FOR)
        audit.record(tx, "members.resend_invitation", encode(INVITATION, invitation_id), after={"email": row["email"]})
        return _view(await _found(tx, invitation_id))


async def withdraw(db: Database, subject: Subject, invitation_id: UUID, if_match: str | None = None) -> None:
    """Take an invitation back: its link is worth nothing; raises `NotFound`, `RoleOutOfReach`."""
    async with db.tenant_tx() as tx:
        row = await _found(tx, invitation_id)
        etag.check(if_match, _view(row))
        require_role(subject, row["role"])
        await queries.delete(tx, bound_tenant(), invitation_id)
        told = {"email": row["email"], "role": row["role"]}
        audit.record(tx, "members.withdraw_invitation", encode(INVITATION, invitation_id), before=told)


async def _invite(tx: Transaction, clock: Clock, tenant_id: UUID, email: str, role: Role, invited_by: str) -> UUID:
    if await members.is_member(tx, tenant_id, email):
        raise AlreadyMember
    if await queries.open_count(tx, tenant_id) >= _MOST_OPEN:
        raise TooManyInvitations
    credential, invitation_id, now = crypto.new_credential(LINK_PREFIX), new_uuid(), clock.now()
    until = now + GOOD_FOR
    if not await queries.insert(tx, tenant_id, invitation_id, email, role, credential, invited_by, now, until):
        raise InvitationExists
    await _mail(tx, tenant_id, email, credential.token, invited_by, until)
    told = {"email": email, "role": role}
    audit.record(tx, "members.invite", encode(INVITATION, invitation_id), after=told, tenant_id=tenant_id)
    return invitation_id


async def _mail(
    tx: Transaction, tenant_id: UUID, email: str, token: str, invited_by: str, expires_at: datetime
) -> None:
    await _count_mail(tx, tenant_id, email)
    account = await queries.account_name(tx, tenant_id)
    notice = InvitationNotice(path=f"/invitations/{token}", account=account, invited_by=invited_by)
    await notices.write(tx, email, notice, about=tenant_id, expires_at=expires_at)


async def _count_mail(tx: Transaction, tenant_id: UUID, email: str) -> None:
    """Raise `InvitedEnough` when this is a mail too many; one that was refused does not count."""
    seen = await queries.note_mail(tx, tenant_id, email)
    to_one, to_one_by_all = seen["to_them_from_there"] > MAILS_TO_ONE, seen["to_them"] > MAILS_TO_ONE_BY_ALL
    if to_one or to_one_by_all or seen["from_there"] > MAILS_BY_ONE:
        raise InvitedEnough(retry_after_seconds=3600)


def _inviter() -> str:
    """Name the person who asks; a program's key has no name that its reader would know."""
    actor = current_actor()
    return actor.name if actor.kind == "user" else ""


async def _found(tx: Transaction, invitation_id: UUID) -> asyncpg.Record:
    row = await queries.find(tx, invitation_id)
    if row is None:
        raise NotFound
    return row


def _view(row: asyncpg.Record) -> Invitation:
    return msgspec.convert(dict(row) | {"id": encode(INVITATION, row["id"])}, Invitation)
