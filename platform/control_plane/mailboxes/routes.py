"""`/v1/mailboxes`: make mailboxes, change them, take them away."""

from typing import Annotated

from litestar import Response, Router, delete, get, patch, post
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from control_plane.core.auth import requires
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.mailboxes import service
from control_plane.mailboxes.schemas import Mailbox, MailboxChange, NewMailbox, VersionedMailbox

IfMatch = Annotated[str | None, Parameter(header="If-Match", description="The ETag that you read.")]


@get("/", guards=[requires("mailboxes:read")], summary="List mailboxes")
async def list_mailboxes(db: Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Mailbox]:
    """List your mailboxes, newest first."""
    return await service.list_mailboxes(db, None if after is None else decode(service.PREFIX, after), limit)


@post("/", guards=[requires("mailboxes:write")], summary="Make a mailbox")
async def create_mailbox(db: Database, clock: Clock, data: NewMailbox) -> Mailbox:
    """Make a mailbox in a proven domain; it can be logged in to within a second."""
    return await service.create(db, clock, data)


@get("/{mailbox_id:str}", guards=[requires("mailboxes:read")], summary="Get a mailbox")
async def get_mailbox(db: Database, mailbox_id: str) -> Response[Mailbox]:
    """Give a mailbox, with its ETag."""
    return _answer(await service.get(db, decode(service.PREFIX, mailbox_id)))


@patch("/{mailbox_id:str}", guards=[requires("mailboxes:write")], summary="Change a mailbox")
async def change_mailbox(
    db: Database, mailbox_id: str, data: MailboxChange, if_match: IfMatch = None
) -> Response[Mailbox]:
    """Change password, name, quota or status; what is left out stays."""
    return _answer(await service.change(db, decode(service.PREFIX, mailbox_id), data, if_match))


@delete("/{mailbox_id:str}", guards=[requires("mailboxes:write")], summary="Delete a mailbox")
async def delete_mailbox(db: Database, mailbox_id: str) -> None:
    """Delete a mailbox: it receives no more mail and cannot be logged in to."""
    await service.delete(db, decode(service.PREFIX, mailbox_id))


def _answer(found: VersionedMailbox) -> Response[Mailbox]:
    return Response(found.mailbox, headers={"ETag": found.etag})


HANDLERS: list[ControllerRouterHandler] = [
    Router(
        "/mailboxes",
        route_handlers=[list_mailboxes, create_mailbox, get_mailbox, change_mailbox, delete_mailbox],
        tags=["mailboxes"],
    )
]
