"""Mailboxes: the list, and adding one."""

from collections.abc import AsyncGenerator, Mapping
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, FleetpostError, Invalid, Refused, Unavailable
from control_plane.core.languages import mark
from control_plane.core.pagination import Page
from control_plane.mailboxes import service
from control_plane.mailboxes.schemas import Mailbox, NewMailbox
from control_plane.settings import Settings
from web import csv_export, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.pages.domains import proven_names
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import may

_SECTION = "mailboxes"
_PER_PAGE = 50
_FIELDS = {"address": "local_part", "name": "name", "password": "password"}
_COLUMNS = (
    Column(mark("Address")),
    Column(mark("Name"), wide=True),
    Column(mark("Storage"), wide=True),
    Column(mark("Status"), end=True),
)
_HEADER = ("id", "address", "name", "quota_bytes", "status", "created_at")
_PASSWORD_MIN, _PASSWORD_MAX, _NAME_MAX = 10, 256, 200


class MailboxForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    local_part: str = ""
    domain: str = ""
    name: str = ""
    password: str = ""

    def mailbox(self) -> NewMailbox:
        """Make the mailbox that was asked for; raises `Invalid`."""
        errors = []
        if not _PASSWORD_MIN <= len(self.password) <= _PASSWORD_MAX:
            errors.append(FieldError("password", _between(_PASSWORD_MIN, _PASSWORD_MAX)))
        if len(self.name) > _NAME_MAX:
            errors.append(FieldError("name", gettext("Use at most %(most)s characters.") % {"most": _NAME_MAX}))
        if errors:
            raise Invalid(errors=tuple(errors))
        return NewMailbox(
            address=f"{self.local_part.strip()}@{self.domain}", password=self.password, name=self.name.strip()
        )


def _between(least: int, most: int) -> str:
    return gettext("Use %(least)s to %(most)s characters.") % {"least": least, "most": most}


@get("/mailboxes", guards=[may("mailboxes:read")])
async def show_mailboxes(
    request: PageRequest, frame: page.Frame, db: inject.Database, settings: inject.Settings
) -> Answer | Stream:
    """Show the list, or all of it as CSV."""
    given = tables.read(request, ())
    if tables.wants_csv(request):
        return csv_export.answer("mailboxes", _HEADER, _lines(db))
    return await _list(frame, db, settings, MailboxForm(), given=given)


@post("/mailboxes", guards=[may("mailboxes:write")])
async def add_mailbox(
    frame: page.Frame,
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    data: URLEncodedBody[MailboxForm],
) -> Answer | Redirect:
    """Make a mailbox, or show the form again with what is wrong."""
    refused = await _create(db, clock, data)
    if refused is not None:
        return await _list(frame, db, settings, data, refused=refused)
    return Redirect("/mailboxes?done=mailbox-added", status_code=303)


async def _create(db: Database, clock: Clock, form: MailboxForm) -> FleetpostError | None:
    try:
        await service.create(db, clock, form.mailbox())
    except (Refused, Unavailable) as error:
        return error
    return None


async def _list(
    frame: Frame,
    db: Database,
    settings: Settings,
    form: MailboxForm,
    *,
    given: Mapping[str, str] | None = None,
    refused: FleetpostError | None = None,
) -> Answer:
    asked = given or {}
    listed = await service.list_mailboxes(db, _cursor(asked.get("after")), _PER_PAGE)
    domains = await proven_names(db, settings)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "mailboxes": listed.data,
        "table": Table("/mailboxes", _COLUMNS, given=asked, next=listed.next, exportable=True),
        "domains": domains,
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/mailboxes.html", _SECTION, context, status_code=refused.status.value if refused else 200)


async def _lines(db: Database) -> AsyncGenerator[tuple[object, ...]]:
    async def fetch(after: str | None) -> Page[Mailbox]:
        return await service.list_mailboxes(db, _cursor(after), csv_export.PER_PAGE)

    async for mailbox in csv_export.every(fetch):
        created = mailbox.created_at.isoformat()
        yield mailbox.id, mailbox.address, mailbox.name, mailbox.quota_bytes, mailbox.status, created


def _cursor(after: str | None) -> UUID | None:
    return ids.decode(service.PREFIX, after) if after else None


HANDLERS = (show_mailboxes, add_mailbox)
