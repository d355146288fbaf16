"""The list of messages: searched by its address, followed as it goes on, and given as a file."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Stream

from control_plane.core import ids, inject
from control_plane.core.errors import Invalid
from control_plane.core.languages import mark
from control_plane.core.pagination import Page
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries.schemas import Status
from control_plane.messages import service
from control_plane.messages.export import HEADER, MESSAGES_MAX, lines_of
from control_plane.messages.schemas import Filters, MessageSummary
from control_plane.messages.search.language import OPERATORS, asked_by
from web import cookies, csv_export, first_message, live, search_box, tables
from web import inject as page
from web.frame import Frame
from web.i18n import gettext
from web.pages.domains import proven_names
from web.rendering import Answer
from web.snippets import Snippet
from web.statuses import DELIVERY_STATUSES, delivery_status
from web.tables import Choice, Column, Day, Search, Table
from web.visitor import LIVE, Visitor, may, still_may

_SECTION = "messages"
_READ = "messages:read"
_GUARDS = [may(_READ)]
_PER_PAGE = 25
_MOST_NEW = 99
_LOOK_SECONDS = 5
"""How long a new message may take to be announced in an open list; the states of listed ones change at once."""

_COLUMNS = (Column(mark("Status")), Column(mark("To")), Column(mark("Subject")), Column(mark("Sent"), end=True))
_SANDBOX = "sandbox"
"""Among the states, what has none of its own."""
_FILTERS = (
    Search("query", mark("Words, addresses, IDs, status:bounced …")),
    Choice(
        "status",
        mark("Status"),
        mark("Any status"),
        (*((name, delivery_status(name).label) for name in DELIVERY_STATUSES), (_SANDBOX, mark("Sandbox only"))),
    ),
    Day("since", mark("Since")),
    Day("until", mark("Until")),
)
_BESIDE_STATUS = tuple(each.name for each in _FILTERS if each.name != "status")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TOP = "top"
"""In the address of the live rows: the message that stood first when the page was loaded."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    status: str
    subject: str
    recipient: str
    more_recipients: int
    sandbox: bool
    at: datetime


def row_of(message: MessageSummary) -> Row:
    """Make a message's row."""
    return Row(
        id=message.id,
        status=message.status,
        subject=message.subject,
        recipient=message.recipients[0].email if message.recipients else "",
        more_recipients=max(len(message.recipients) - 1, 0),
        sandbox=message.sandbox,
        at=message.created_at,
    )


@get("/messages", guards=_GUARDS)
async def show_list(request: cookies.PageRequest, frame: page.Frame, runtime: inject.Runtime) -> Answer | Stream:
    """Show a page of the list, or only its rows to htmx, or all of it as CSV."""
    given = tables.read(request, _FILTERS)
    filters = _wanted(given)
    if tables.wants_csv(request) and not _refusal(filters, runtime.clock.now()):
        return csv_export.answer("messages", HEADER, _lines(runtime, filters))
    context = await _list_context(runtime, given)
    if frame.wants_part:
        return frame.part("pages/_messages_results.html", context)
    return frame.page("pages/messages.html", _SECTION, context)


@get("/messages/live", guards=_GUARDS, opt=LIVE)
async def follow_list(request: cookies.PageRequest, frame: page.Frame, visitor: page.Visitor) -> Stream:
    """Follow the first page of the list."""
    given = tables.read(request, _FILTERS) | {_TOP: request.query_params.get(_TOP, "")}
    return live.answer(visitor, _updates(request, frame, visitor, given))


def _wanted(given: Mapping[str, str]) -> Filters:
    """Translate an address for the service."""
    is_sandbox = given["status"] == _SANDBOX
    status: Status | None = None if is_sandbox else msgspec.convert(given["status"] or None, Status | None)
    return Filters(
        query=given["query"],
        status=status,
        sandbox="only" if is_sandbox else None,
        since=tables.start_of(given["since"]),
        until=tables.end_of(given["until"]),
    )


async def _list_context(runtime: Runtime, given: Mapping[str, str]) -> dict[str, object]:
    """Give the page after what the address says; a live one begins where it began when it was loaded."""
    listed, refused = await _listed(runtime, given)
    new = 0 if refused else await _count_new(runtime, given)
    asked = {name: value for name, value in given.items() if name != _TOP}
    table = Table("/messages", _COLUMNS, _FILTERS, given=asked, next=listed.next, exportable=True)
    return {
        "messages": [row_of(message) for message in listed.data],
        "new": new,
        "most_new": _MOST_NEW,
        "refused": refused,
        "reached": _moment(listed.next) if len(listed.data) < _PER_PAGE else None,
        "table": table,
        "narrowed": any(asked[name] for name in _BESIDE_STATUS),
        "chips": search_box.chips(table),
        "operators": OPERATORS,
        "example": await _example(runtime) if not (listed.data or table.filtered) else (),
        "live_url": None if given["after"] or refused else _live_url(table, listed.data),
    }


async def _example(runtime: Runtime) -> tuple[Snippet, ...]:
    """Say how a program sends the first one."""
    domains = await proven_names(runtime.db, runtime.settings)
    return first_message.example(first_message.place_of(runtime.settings), domains)


def _refusal(filters: Filters, now: datetime) -> str:
    """Say what of the search is not understood, if anything."""
    try:
        asked_by(filters, now)
    except Invalid as error:
        return error.errors[0].message
    return ""


def _just_above(top: str) -> str | None:
    """Give the cursor before which a message is the first; None for no message."""
    try:
        return ids.encode("msg", UUID(int=ids.decode("msg", top).int + 1))
    except ids.MalformedId:
        return None


async def _listed(runtime: Runtime, given: Mapping[str, str]) -> tuple[Page[MessageSummary], str]:
    """Give the messages, or say why there are none."""
    filters, now = _wanted(given), runtime.clock.now()
    refused = _refusal(filters, now)
    if not refused:
        try:
            after = given["after"] or _just_above(given.get(_TOP, ""))
            return await service.listing(runtime.db, filters, _PER_PAGE, after, now), ""
        except service.SearchTooWide as error:
            refused = gettext(error.default_message())
    return Page((), None), refused


async def _count_new(runtime: Runtime, given: Mapping[str, str]) -> int:
    """Count what has come since a message stood first."""
    top, now = given.get(_TOP, ""), runtime.clock.now()
    if _just_above(top) is None:
        return 0
    since = max(ids.time_of(ids.decode("msg", top)), tables.start_of(given["since"]) or _LONG_AGO)
    filters = msgspec.structs.replace(_wanted(given), since=since)
    newest = await service.listing(runtime.db, filters, _MOST_NEW + 1, None, now)
    return sum(message.id > top for message in newest.data)


def _moment(cursor: str | None) -> datetime | None:
    return ids.time_of(ids.decode("msg", cursor)) if cursor else None


def _live_url(table: Table, shown: Sequence[MessageSummary]) -> str:
    first = {_TOP: shown[0].id} if shown else {}
    return msgspec.structs.replace(table, path="/messages/live").url(**first)


async def _lines(runtime: Runtime, filters: Filters) -> AsyncGenerator[tuple[str, ...]]:
    async for message in service.every(runtime.db, filters, MESSAGES_MAX, runtime.clock.now()):
        for line in lines_of(message):
            yield line


async def _updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, given: Mapping[str, str]
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)
    with acting_for(viewer.subject.tenant_id):
        listed, _ = await _listed(runtime, given)

    async def render() -> str | None:
        if not await still_may(request, viewer, _READ):
            return None
        with acting_for(viewer.subject.tenant_id):
            return frame.text("pages/_messages_rows.html", await _list_context(runtime, given))

    async with runtime.signals.listen(*(f"message:{message.id}" for message in listed.data)) as listener:
        async for text in live.updates("rows", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


HANDLERS = (show_list, follow_list)
