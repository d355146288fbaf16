"""`/v1/mailboxes`: make mailboxes, change them, take them away."""

from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.mailboxes import service
from control_plane.mailboxes.schemas import Mailbox, MailboxChange, NewMailbox, VersionedMailbox
from control_plane.nodes.schemas import IN_FORCE

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag that you read.")]


@get("/mailboxes", guards=[requires("mailboxes:read")])
async def list_mailboxes(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Mailbox]:
    """List your mailboxes, newest first."""
    return await service.list_mailboxes(db, cursor(service.PREFIX, after), limit)


@post("/mailboxes", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def create_mailbox(db: inject.Database, clock: inject.Clock, data: JSONBody[NewMailbox]) -> Mailbox:
    """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
    return await service.create(db, clock, data)


@get("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:read")])
async def get_mailbox(db: inject.Database, mailbox_id: FromPath[str]) -> Response[Mailbox]:
    """Give a mailbox, with its ETag."""
    return _answer(await service.get(db, decode(service.PREFIX, mailbox_id)))


@patch("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def change_mailbox(
    db: inject.Database, mailbox_id: FromPath[str], data: JSONBody[MailboxChange], if_match: IfMatch = None
) -> Response[Mailbox]:
    """Change password, name, quota or status; what is left out stays."""
    return _answer(await service.change(db, decode(service.PREFIX, mailbox_id), data, if_match))


@delete("/mailboxes/{mailbox_id:str}", guards=[requires("mailboxes:write")], opt=IN_FORCE)
async def delete_mailbox(db: inject.Database, mailbox_id: FromPath[str]) -> None:
    """Delete a mailbox: it receives no more mail and cannot be logged in to."""
    await service.delete(db, decode(service.PREFIX, mailbox_id))


def _answer(found: VersionedMailbox) -> Response[Mailbox]:
    return Response(found.mailbox, headers={"ETag": found.etag})


HANDLERS: list[ControllerRouterHandler] = [
    list_mailboxes,
    create_mailbox,
    get_mailbox,
    change_mailbox,
    delete_mailbox,
]
