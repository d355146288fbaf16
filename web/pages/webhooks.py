"""Webhooks: the list, making one, what was sent to it, and its end."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.webhooks import service
from control_plane.webhooks.schemas import EVENT_TYPES, CreatedWebhook, NewWebhook
from web import inject as page
from web import tables
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import may

_SECTION = "webhooks"
_PER_PAGE = 50
_READ, _WRITE = [may("webhooks:read")], [may("webhooks:write")]
_FIELDS = {"url": "url", "events": "events"}
_COLUMNS = (Column(mark("Address")), Column(mark("Events"), wide=True), Column(mark("Status"), end=True))
_SENT = (
    Column(mark("Event")),
    Column(mark("Tries"), wide=True),
    Column(mark("Answer"), wide=True),
    Column(mark("Status"), end=True),
)


class WebhookForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in."""

    url: str = ""
    events: list[str] | str = ""
    """One choice comes by itself, several as a list."""

    @property
    def chosen(self) -> list[str]:
        """List the choices."""
        return self.events if isinstance(self.events, list) else [self.events] if self.events else []

    @property
    def wanted(self) -> NewWebhook:
        """Make the webhook that was asked for; no choice is every event."""
        return NewWebhook(url=self.url.strip(), events=tuple(self.chosen) or ("*",))


@get("/webhooks", guards=_READ)
async def show_webhooks(request: PageRequest, frame: page.Frame, db: inject.Database) -> Answer:
    """Show the list."""
    return await _list(frame, db, WebhookForm(), after=tables.read(request, ())["after"])


@post("/webhooks", guards=_WRITE)
async def make_webhook(frame: page.Frame, runtime: inject.Runtime, data: URLEncodedBody[WebhookForm]) -> Answer:
    """Make a webhook and show its secret this once, or show the form again with what is wrong."""
    try:
        made = await _make(runtime, data)
    except Refused as refused:
        return await _list(frame, runtime.db, data, refused=refused)
    return frame.page("pages/webhook_made.html", _SECTION, {"webhook": made})


@get("/webhooks/{webhook_id:str}", guards=_READ)
async def show_webhook(
    request: PageRequest, frame: page.Frame, db: inject.Database, webhook_id: FromPath[str]
) -> Answer:
    """Show a webhook and what was sent to it."""
    webhook, given = await service.find(db, webhook_id), tables.read(request, ())
    sent = await service.listing_of_deliveries(db, webhook_id, _PER_PAGE, given["after"] or None)
    table = Table(f"/webhooks/{webhook.id}", _SENT, given=given, next=sent.next)
    return frame.page("pages/webhook.html", _SECTION, {"webhook": webhook, "sent": sent.data, "table": table})


@post("/webhooks/{webhook_id:str}/delete", guards=_WRITE)
async def delete_webhook(db: inject.Database, webhook_id: FromPath[str]) -> Redirect:
    """Delete a webhook; what was on its way to it is given up."""
    await service.delete(db, webhook_id)
    return Redirect("/webhooks?done=deleted", status_code=303)


async def _make(runtime: Runtime, form: WebhookForm) -> CreatedWebhook:
    return await service.create(runtime.db, runtime.vault, runtime.settings.egress_allow, form.wanted)


async def _list(
    frame: Frame, db: Database, form: WebhookForm, *, after: str = "", refused: Refused | None = None
) -> Answer:
    listed = await service.listing(db, _PER_PAGE, after or None)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "webhooks": listed.data,
        "table": Table("/webhooks", _COLUMNS, given={"after": after}, next=listed.next),
        "event_types": [name for name in EVENT_TYPES if name != "*"],
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/webhooks.html", _SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_webhooks, make_webhook, show_webhook, delete_webhook)
