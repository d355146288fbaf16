"""Show mail that came in, and give it out."""

from uuid import UUID

from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import acting_for
from control_plane.core.threads import in_thread
from control_plane.inbound_routes.errors import ContentGone
from control_plane.inbound_routes.links import IN_ANSWERS, Links
from control_plane.inbound_routes.queries import messages as queries
from control_plane.inbound_routes.reading import File, file_of, read
from control_plane.inbound_routes.schemas import InboundFilters, InboundMessage, InboundSummary
from control_plane.inbound_routes.service.view import MESSAGE_PREFIX, PREFIX, linking, message_of, summary_of


async def list_messages(db: Database, filters: InboundFilters, limit: int, after: str | None) -> Page[InboundSummary]:
    """List mails, newest first."""
    route_id = None if filters.route_id is None else decode(PREFIX, filters.route_id)
    last = cursor(MESSAGE_PREFIX, after)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, filters.status, route_id, last, limit + 1)
    shown = tuple(summary_of(row) for row in rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_message(db: Database, links: Links, message_id: UUID) -> InboundMessage:
    """Show a mail with what it says; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, message_id)
        if row is None:
            raise NotFound
        raw = await queries.content(tx.connection, message_id)
    letter = None if raw is None else await in_thread(read, raw)
    return message_of(row, letter, linking(links, row, IN_ANSWERS))


async def raw_of(db: Database, message_id: UUID) -> bytes:
    """Give a mail itself; raises `NotFound`, `ContentGone`."""
    async with db.tenant_tx() as tx:
        raw = await queries.content(tx.connection, message_id)
        if raw is None:
            raise NotFound if await queries.find(tx.connection, message_id) is None else ContentGone
    return raw


async def attachment_of(db: Database, message_id: UUID, number: int) -> File:
    """Give one of a mail's attachments; raises `NotFound`, `ContentGone`."""
    found = await in_thread(file_of, await raw_of(db, message_id), number)
    if found is None:
        raise NotFound
    return found


async def file_by_link(db: Database, links: Links, token: str) -> File | bytes:
    """Give what a link leads to, the mail itself or an attachment; raises `NotFound`."""
    target = links.read(token)
    if target is None:
        raise NotFound
    with acting_for(target.tenant_id):
        if target.number is None:
            return await raw_of(db, target.message_id)
        return await attachment_of(db, target.message_id, target.number)
