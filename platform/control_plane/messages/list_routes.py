"""`GET /v1/messages`: the list, searched by its parameters; and all of a search as a file."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Literal

from litestar import get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream as Streamed

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.csv_lines import csv_line
from control_plane.core.database import Database
from control_plane.core.openapi import ANSWERS_IN
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.deliveries.schemas import Status
from control_plane.ip_pools.schemas import Stream
from control_plane.messages import service
from control_plane.messages.export import HEADER, MESSAGES_MAX, lines_of
from control_plane.messages.schemas import Filters, MessageSummary
from control_plane.messages.search.language import asked_by

_READING = [requires("messages:read")]
_CSV = "text/csv"

Recipient = Annotated[
    str | None,
    QueryParameter(description="A recipient: `ann@acme.test`, everybody at `@acme.test`, or `ann@` anywhere."),
]
Sender = Annotated[str | None, QueryParameter(name="from", description="The sender, likewise.")]
Subject = Annotated[
    str | None, QueryParameter(name="subject", description="Words of the subject: all of them, in any order.")
]
Metadata = Annotated[str | None, QueryParameter(description="An entry of the metadata, as `order:1`.")]
Reply = Annotated[
    str | None, QueryParameter(description="What another server said when it refused a mail or put it off.")
]
Sandbox = Annotated[
    Literal["only"] | None, QueryParameter(description="`only`: messages of which nothing goes out, and no others.")
]
Query = Annotated[
    str | None,
    QueryParameter(
        name="query",
        description="Words, addresses and ids as they are, and all filters in one line: "
        '`invoice to:@acme.test status:bounced reply:"user unknown" after:7d`.',
    ),
]


@get("/messages", guards=_READING)
async def list_messages(
    db: inject.Database,
    clock: inject.Clock,
    recipient: Recipient = None,
    sender: Sender = None,
    words: Subject = None,
    status: FromQuery[Status | None] = None,
    tag: FromQuery[str | None] = None,
    stream: FromQuery[Stream | None] = None,
    metadata: Metadata = None,
    sandbox: Sandbox = None,
    reply: Reply = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    search: Query = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[MessageSummary]:
    """List messages, newest first.

    A page holds fewer than `limit`, perhaps none, where what is asked for stands far apart: go on with `next`.
    """
    filters = Filters(
        recipient=recipient,
        sender=sender,
        subject=words,
        status=status,
        tag=tag,
        stream=stream,
        metadata=metadata,
        sandbox=sandbox,
        reply=reply,
        since=since,
        until=until,
        query=search,
    )
    return await service.listing(db, filters, limit, after, clock.now())


@get("/messages/export", guards=_READING, opt={ANSWERS_IN: [_CSV]})
async def export_messages(
    db: inject.Database,
    clock: inject.Clock,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    search: Query = None,
) -> Streamed:
    """Give the messages of a search as CSV, newest first, a line for each recipient: at most 100,000 messages."""
    filters, now = Filters(since=since, until=until, query=search), clock.now()
    asked_by(filters, now)  # what is not understood is refused before the file begins
    headers = {"Content-Disposition": 'attachment; filename="messages.csv"'}
    return Streamed(_lines(db, filters, now), media_type=_CSV, headers=headers)


async def _lines(db: Database, filters: Filters, now: datetime) -> AsyncGenerator[bytes]:
    yield csv_line(HEADER)
    async for message in service.every(db, filters, MESSAGES_MAX, now):
        for line in lines_of(message):
            yield csv_line(line)
