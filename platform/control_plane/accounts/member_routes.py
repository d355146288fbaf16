"""`/v1/members`: the people of an account."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.accounts import service
from control_plane.accounts.people import Member, MemberChange
from control_plane.accounts.service.members import MEMBER
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor


@get("/members", guards=[requires("members:read")])
async def list_members(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Member]:
    """List the people of your account."""
    return await service.list_members(db, cursor(MEMBER, after), limit)


@get("/members/{member_id:str}", guards=[requires("members:read")])
async def get_member(db: inject.Database, member_id: FromPath[str]) -> Member:
    """Give one of the people of your account."""
    return await service.get_member(db, decode(MEMBER, member_id))


@patch("/members/{member_id:str}", guards=[requires("members:write")])
async def change_member(
    db: inject.Database,
    subject: inject.Subject,
    member_id: FromPath[str],
    data: JSONBody[MemberChange],
    if_match: IfMatch = None,
) -> Member:
    """Give a member another role: none that may do more than you, and the last owner stays one."""
    return await service.change_role(db, subject, decode(MEMBER, member_id), data.role, if_match)


@delete("/members/{member_id:str}", guards=[requires("members:write")])
async def remove_member(
    db: inject.Database, subject: inject.Subject, member_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """Remove a member from your account; they are out at once, and stay whoever they are elsewhere."""
    await service.remove(db, subject, decode(MEMBER, member_id), if_match)


@post("/members/{member_id:str}/transfer-ownership", guards=[requires("members:write")], status_code=200)
async def transfer_ownership(db: inject.Database, subject: inject.Subject, member_id: FromPath[str]) -> Member:
    """Make a member the owner; who was the owner is an admin afterwards."""
    return await service.transfer_ownership(db, subject, decode(MEMBER, member_id))


HANDLERS: list[ControllerRouterHandler] = [list_members, get_member, change_member, remove_member, transfer_ownership]
