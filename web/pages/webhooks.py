"""Webhooks: the list, making one, one of them with what was sent to it, and its end."""

from typing import TypeVar

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.body import field_errors
from control_plane.core.errors import Invalid, Refused
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.webhooks import service
from control_plane.webhooks.schemas import EVENT_TYPES, NewWebhook, Webhook, WebhookChange
from web import inject as page
from web import tables, webhook_words
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.snippets import VERIFYING
from web.tables import Choice, Column, Table
from web.visitor import may

SECTION = "webhooks"
TYPES = tuple(name for name in EVENT_TYPES if name != "*")

_PER_PAGE = 50
_REPLAYS = 3
_READ, _WRITE = [may("webhooks:read")], [may("webhooks:write")]
_FIELDS = {"url": "url", "description": "description", "events": "events"}
_COLUMNS = (
    Column(mark("Address")),
    Column(mark("Events"), wide=True),
    Column(mark("Last 24 hours"), wide=True),
    Column(mark("Status"), end=True),
)
_SENT = (
    Column(mark("Event")),
    Column(mark("Tries"), wide=True),
    Column(mark("Answer"), wide=True),
    Column(mark("Status"), end=True),
)
_FILTERS = (
    Choice(
        "status",
        mark("Status"),
        mark("Any status"),
        (("pending", mark("On the way")), ("delivered", mark("Delivered")), ("failed", mark("Given up"))),
    ),
    Choice("type", mark("Event"), mark("Any event"), tuple((name, name) for name in TYPES)),
)

Shape = TypeVar("Shape")


class WebhookForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in."""

    url: str = ""
    description: str = ""
    events: list[str] | str = ""
    """One choice comes by itself, several as a list."""

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookForm":
        """Fill in what a webhook is."""
        chosen = [] if "*" in webhook.events else list(webhook.events)
        return cls(url=webhook.url, description=webhook.description, events=chosen)

    @property
    def chosen(self) -> list[str]:
        """List the choices."""
        return self.events if isinstance(self.events, list) else [self.events] if self.events else []

    @property
    def wanted(self) -> NewWebhook:
        """Make the webhook that was asked for; no choice is every event. Raises `Invalid`."""
        return _shaped(self._given, NewWebhook)

    @property
    def change(self) -> WebhookChange:
        """Make the change that was asked for; raises `Invalid`."""
        return _shaped(self._given, WebhookChange)

    @property
    def _given(self) -> dict[str, object]:
        return {"url": self.url.strip(), "description": self.description.strip(), "events": self.chosen or ["*"]}


class ReplayForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which days are to be sent once more, or all that was missed."""

    since: str = ""
    until: str = ""
    missed: str = ""


@get("/webhooks", guards=_READ)
async def show_webhooks(request: PageRequest, frame: page.Frame, runtime: inject.Runtime) -> Answer:
    """Show the list."""
    return await _list(frame, runtime, WebhookForm(), after=tables.read(request, ())["after"])


@post("/webhooks", guards=_WRITE)
async def make_webhook(frame: page.Frame, runtime: inject.Runtime, data: URLEncodedBody[WebhookForm]) -> Answer:
    """Make a webhook and show its secret this once, or show the form again with what is wrong."""
    try:
        allowed = runtime.settings.egress_allow
        made = await service.create(runtime.db, runtime.vault, allowed, data.wanted)
    except Refused as refused:
        return await _list(frame, runtime, data, refused=refused)
    context = {"webhook": made, "secrets": made.secrets, "made": True, "verifying": VERIFYING}
    return frame.page("pages/webhook_made.html", SECTION, context)


@get("/webhooks/{webhook_id:str}", guards=_READ)
async def show_webhook(
    request: PageRequest, frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str]
) -> Answer:
    """Show a webhook and what was sent to it."""
    return await one(frame, runtime, webhook_id, given=tables.read(request, _FILTERS))


@post("/webhooks/{webhook_id:str}", guards=_WRITE)
async def change_webhook(
    frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str], data: URLEncodedBody[WebhookForm]
) -> Answer | Redirect:
    """Change a webhook, or show the form again with what is wrong."""
    try:
        allowed = runtime.settings.egress_allow
        await service.change(runtime.db, runtime.clock, allowed, webhook_id, data.change)
    except Invalid as refused:
        return await one(frame, runtime, webhook_id, form=data, refused=refused)
    return Redirect(f"/webhooks/{webhook_id}?done=saved", status_code=303)


@post("/webhooks/{webhook_id:str}/delete", guards=_WRITE)
async def delete_webhook(runtime: inject.Runtime, webhook_id: FromPath[str]) -> Redirect:
    """Delete a webhook; what was on its way to it is given up."""
    await service.delete(runtime.db, webhook_id)
    return Redirect("/webhooks?done=deleted", status_code=303)


async def one(
    frame: Frame,
    runtime: Runtime,
    webhook_id: str,
    *,
    given: dict[str, str] | None = None,
    form: WebhookForm | None = None,
    replay: ReplayForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    """Show a webhook, perhaps with a form that was refused."""
    db, clock, asked = runtime.db, runtime.clock, given or {}
    webhook = await service.find(db, webhook_id)
    filters = service.Filters(status=asked.get("status") or None, type=asked.get("type") or None)
    sent = await service.listing_of_deliveries(db, webhook_id, filters, _PER_PAGE, asked.get("after") or None)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "webhook": webhook,
        "words": webhook_words,
        "verifying": VERIFYING,
        "now": clock.now(),
        "chart": webhook_words.chart(await service.last_day(db, clock, webhook_id)),
        "sent": sent.data,
        "table": Table(f"/webhooks/{webhook.id}", _SENT, _FILTERS, given=asked, next=sent.next),
        "replays": (await service.listing_of_replays(db, webhook_id, _REPLAYS, None)).data,
        "event_types": TYPES,
        "form": form or WebhookForm.of(webhook),
        "replay_form": replay or ReplayForm(),
        "errors": errors,
        "problem": problem,
        "is_changing": form is not None,
        "is_replaying": replay is not None,
    }
    return frame.page("pages/webhook.html", SECTION, context, status_code=refused.status.value if refused else 200)


def _shaped(given: dict[str, object], kind: type[Shape]) -> Shape:
    """Make what was asked for; raises `Invalid`."""
    errors = field_errors(given, kind)
    if errors:
        raise Invalid(errors=tuple(errors))
    return msgspec.convert(given, kind)


async def _list(
    frame: Frame, runtime: Runtime, form: WebhookForm, *, after: str = "", refused: Refused | None = None
) -> Answer:
    listed = await service.listing(runtime.db, _PER_PAGE, after or None)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "webhooks": listed.data,
        "words": webhook_words,
        "table": Table("/webhooks", _COLUMNS, given={"after": after}, next=listed.next),
        "event_types": TYPES,
        "form": form,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/webhooks.html", SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_webhooks, make_webhook, show_webhook, change_webhook, delete_webhook)
