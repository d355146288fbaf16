"""`/v1/invitations`: ask people to join an account."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.accounts import service
from control_plane.accounts.people import Invitation, NewInvitation
from control_plane.accounts.service.invitations import INVITATION
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor


@get("/invitations", guards=[requires("members:read")])
async def list_invitations(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Invitation]:
    """List who was asked to join and has not answered yet, newest first."""
    return await service.list_invitations(db, cursor(INVITATION, after), limit)


@post("/invitations", guards=[requires("members:write")])
async def create_invitation(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, data: JSONBody[NewInvitation]
) -> Invitation:
    """Ask somebody to join, by mail; the link in it is good for seven days and works once."""
    return await service.invite(db, clock, subject, data)


@get("/invitations/{invitation_id:str}", guards=[requires("members:read")])
async def get_invitation(db: inject.Database, invitation_id: FromPath[str]) -> Invitation:
    """Give an invitation."""
    return await service.get_invitation(db, decode(INVITATION, invitation_id))


@post("/invitations/{invitation_id:str}/resend", guards=[requires("members:write")], status_code=200)
async def resend_invitation(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, invitation_id: FromPath[str]
) -> Invitation:
    """Mail an invitation again, with a new link that is good for seven days."""
    return await service.resend(db, clock, subject, decode(INVITATION, invitation_id))


@delete("/invitations/{invitation_id:str}", guards=[requires("members:write")])
async def delete_invitation(
    db: inject.Database, subject: inject.Subject, invitation_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """Withdraw an invitation: its link is worth nothing any more."""
    await service.withdraw(db, subject, decode(INVITATION, invitation_id), if_match)


HANDLERS: list[ControllerRouterHandler] = [
    list_invitations,
    create_invitation,
    get_invitation,
    resend_invitation,
    delete_invitation,
]
