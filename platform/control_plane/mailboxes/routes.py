"""`/v1/mailboxes`: make mailboxes, change them, take them away."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.mailboxes import service
from control_plane.mailboxes.schemas import Mailbox, MailboxChange, NewMailbox
from control_plane.nodes.schemas import IN_FORCE


@get("/mailboxes", guards=[requires("mailboxes:read")])
async def list_mailboxes(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Mailbox]:
    """List your mailboxes, newest first."""
    return await service.list_mailboxes(db, cursor(service.PREFIX, after), limit)


@post("/mailboxes", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def create_mailbox(db: inject.Database, clock: inject.Clock, data: JSONBody[NewMailbox]) -> Mailbox:
    """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
    return await service.create(db, clock, data)


@get("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:read")])
async def get_mailbox(db: inject.Database, mailbox_id: FromPath[str]) -> Mailbox:
    """Give a mailbox."""
    return await service.get(db, decode(service.PREFIX, mailbox_id))


@patch("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def change_mailbox(
    db: inject.Database, mailbox_id: FromPath[str], data: JSONBody[MailboxChange], if_match: IfMatch = None
) -> Mailbox:
    """Change password, name, quota or status; what is left out stays."""
    return await service.change(db, decode(service.PREFIX, mailbox_id), data, if_match)


@delete("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def delete_mailbox(db: inject.Database, mailbox_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Delete a mailbox: it receives no more mail and cannot be logged in to."""
    await service.delete(db, decode(service.PREFIX, mailbox_id), if_match)


HANDLERS: list[ControllerRouterHandler] = [
    list_mailboxes,
    create_mailbox,
    get_mailbox,
    change_mailbox,
    delete_mailbox,
]
