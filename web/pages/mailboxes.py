"""Mailboxes: the list, and adding one."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, FleetpostError, Invalid, Refused, Unavailable
from control_plane.mailboxes import service
from control_plane.mailboxes.schemas import NewMailbox
from control_plane.settings import Settings
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.pages.domains import proven_names
from web.rendering import Answer
from web.visitor import may

_SECTION = "mailboxes"
_PER_PAGE = 50
_FIELDS = {"address": "local_part", "name": "name", "password": "password"}
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
            errors.append(FieldError("password", f"Use {_PASSWORD_MIN} to {_PASSWORD_MAX} characters."))
        if len(self.name) > _NAME_MAX:
            errors.append(FieldError("name", f"Use at most {_NAME_MAX} characters."))
        if errors:
            raise Invalid(errors=tuple(errors))
        return NewMailbox(
            address=f"{self.local_part.strip()}@{self.domain}", password=self.password, name=self.name.strip()
        )


@get("/mailboxes", guards=[may("mailboxes:read")])
async def show_mailboxes(
    frame: page.Frame, db: inject.Database, settings: inject.Settings, after: FromQuery[str | None] = None
) -> Answer:
    """Show the list."""
    return await _list(frame, db, settings, MailboxForm(), after=after)


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
    after: str | None = None,
    refused: FleetpostError | None = None,
) -> Answer:
    cursor: UUID | None = ids.decode(service.PREFIX, after) if after else None
    listed = await service.list_mailboxes(db, cursor, _PER_PAGE)
    domains = await proven_names(db, settings)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "mailboxes": listed.data,
        "next_url": f"/mailboxes?after={listed.next}" if listed.next else None,
        "domains": domains,
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/mailboxes.html", _SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_mailboxes, add_mailbox)
