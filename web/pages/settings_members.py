"""The people of an account: who they are, what they may do, and who is invited."""

from collections.abc import Awaitable

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import service as accounts
from control_plane.accounts.people import Invitation, Member, NewInvitation
from control_plane.accounts.schemas import Role
from control_plane.accounts.service.invitations import INVITATION
from control_plane.accounts.service.members import MEMBER
from control_plane.core import ids, inject
from control_plane.core.database import Database
from control_plane.core.errors import FleetpostError, Refused, Unavailable
from control_plane.core.pagination import LIMIT_MAX
from web import inject as page
from web.cookies import PageRequest, runtime_of
from web.forms import faults
from web.frame import Frame
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.roles import LABELS, givable
from web.system_mail import require_mail
from web.visitor import Visitor, may

_PATH = "/settings/members"
_SECTION = "members"


class InviteForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be invited."""

    email: str = ""
    role: Role = "developer"


class RoleForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is to be."""

    role: Role


@get(_PATH, guards=[may("members:read")])
async def show_members(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show everybody, and who is invited."""
    return await _page(frame, visitor, db)


@post(f"{_PATH}/invite", guards=[may("members:write")])
async def invite_member(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[InviteForm]
) -> Answer | Redirect:
    """Ask somebody to join."""
    runtime = runtime_of(request)
    try:
        await require_mail(runtime)
        new = NewInvitation(email=data.email, role=data.role)
        await accounts.invite(runtime.db, runtime.clock, visitor.subject, new)
    except (Refused, Unavailable) as refused:
        return await _page(frame, visitor, runtime.db, data, refused)
    return _done("sent")


@post(f"{_PATH}/{{member_id:str}}/role", guards=[may("members:write")])
async def change_role(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    member_id: FromPath[str],
    data: URLEncodedBody[RoleForm],
) -> Answer | Redirect:
    """Give somebody another role."""
    return await _do(
        frame, visitor, db, accounts.change_role(db, visitor.subject, ids.decode(MEMBER, member_id), data.role), "saved"
    )


@post(f"{_PATH}/{{member_id:str}}/remove", guards=[may("members:write")])
async def remove_member(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, member_id: FromPath[str]
) -> Answer | Redirect:
    """Take somebody off the account."""
    return await _do(frame, visitor, db, accounts.remove(db, visitor.subject, ids.decode(MEMBER, member_id)), "deleted")


@post(f"{_PATH}/{{member_id:str}}/transfer-ownership", guards=[may("members:write"), recently_signed_in])
async def hand_over(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, member_id: FromPath[str]
) -> Answer | Redirect:
    """Hand the account over to somebody."""
    return await _do(
        frame, visitor, db, accounts.transfer_ownership(db, visitor.subject, ids.decode(MEMBER, member_id)), "saved"
    )


@post(f"{_PATH}/invitations/{{invitation_id:str}}/resend", guards=[may("members:write")])
async def resend_invitation(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, invitation_id: FromPath[str]
) -> Answer | Redirect:
    """Mail an invitation again."""
    runtime = runtime_of(request)
    try:
        await require_mail(runtime)
        found = ids.decode(INVITATION, invitation_id)
        await accounts.resend(runtime.db, runtime.clock, visitor.subject, found)
    except (Refused, Unavailable) as refused:
        return await _page(frame, visitor, runtime.db, refused=refused)
    return _done("sent")


@post(f"{_PATH}/invitations/{{invitation_id:str}}/withdraw", guards=[may("members:write")])
async def withdraw_invitation(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, invitation_id: FromPath[str]
) -> Answer | Redirect:
    """Take an invitation back."""
    return await _do(
        frame, visitor, db, accounts.withdraw(db, visitor.subject, ids.decode(INVITATION, invitation_id)), "deleted"
    )


async def _do(frame: Frame, visitor: Visitor, db: Database, act: Awaitable[object], done: str) -> Answer | Redirect:
    """Do it and go back to the page; if it is refused, show why."""
    try:
        await act
    except Refused as refused:
        return await _page(frame, visitor, db, refused=refused)
    return _done(done)


def _done(what: str) -> Redirect:
    return Redirect(f"{_PATH}?done={what}", status_code=303)


async def _page(
    frame: Frame,
    visitor: Visitor,
    db: Database,
    form: InviteForm | None = None,
    refused: FleetpostError | None = None,
) -> Answer:
    errors, problem = faults(refused, {"email": "email"}) if refused else ({}, "")
    context = {
        "members": await _everybody(db),
        "invitations": await _invited(db),
        "roles": givable(visitor.subject),
        "labels": LABELS,
        "me": ids.encode(MEMBER, visitor.user_id),
        "may_write": visitor.may("members:write"),
        "may_change": {each.role for each in givable(visitor.subject)},
        "form": form or InviteForm(),
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/members.html", _SECTION, context, status_code=refused.status.value if refused else 200)


async def _everybody(db: Database) -> list[Member]:
    members: list[Member] = []
    after = None
    while True:
        listed = await accounts.list_members(db, after, LIMIT_MAX)
        members.extend(listed.data)
        if listed.next is None:
            return members
        after = ids.decode(MEMBER, listed.next)


async def _invited(db: Database) -> tuple[Invitation, ...]:
    return (await accounts.list_invitations(db, None, LIMIT_MAX)).data


HANDLERS = (
    show_members,
    invite_member,
    change_role,
    remove_member,
    hand_over,
    resend_invitation,
    withdraw_invitation,
)
