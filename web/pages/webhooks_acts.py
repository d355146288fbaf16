"""What can be done with a webhook: try it out, give it a new secret, switch it off and on, send once more."""

from datetime import datetime
from typing import Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.webhooks import service
from control_plane.webhooks.schemas import NewReplay, NewTest, WebhookChange
from web import inject as page
from web import webhook_words
from web.pages.webhooks import SECTION, ReplayForm, one
from web.rendering import Answer
from web.snippets import VERIFYING
from web.tables import end_of, start_of
from web.visitor import may

_READ, _WRITE = [may("webhooks:read")], [may("webhooks:write")]


class TestForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which sample is to be sent."""

    type: str = "message.delivered"


class SwitchForm(msgspec.Struct, frozen=True, kw_only=True):
    """Off or on."""

    status: Literal["active", "disabled"]


@post("/webhooks/{webhook_id:str}/test", guards=_WRITE)
async def try_webhook(
    frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str], data: URLEncodedBody[TestForm]
) -> Answer:
    """Send a sample and show what came of it."""
    wanted = NewTest(type=data.type)
    try:
        tried = await service.try_out(runtime.db, runtime.vault, runtime.http, runtime.clock, webhook_id, wanted)
    except Refused as refused:
        return await one(frame, runtime, webhook_id, refused=refused)
    webhook = await service.find(runtime.db, webhook_id)
    context = {"webhook": webhook, "test": tried, "type": data.type}
    return frame.page("pages/webhook_tested.html", SECTION, context)


@post("/webhooks/{webhook_id:str}/rotate-secret", guards=_WRITE)
async def rotate_secret(frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str]) -> Answer:
    """Make a new secret and show it this once."""
    made = await service.rotate_secret(runtime.db, runtime.vault, runtime.clock, webhook_id)
    webhook = await service.find(runtime.db, webhook_id)
    context = {"webhook": webhook, "secrets": made.secrets, "made": False, "verifying": VERIFYING}
    return frame.page("pages/webhook_made.html", SECTION, context)


@post("/webhooks/{webhook_id:str}/switch", guards=_WRITE)
async def switch_webhook(
    runtime: inject.Runtime, webhook_id: FromPath[str], data: URLEncodedBody[SwitchForm]
) -> Redirect:
    """Switch a webhook off or on."""
    wanted = WebhookChange(status=data.status)
    await service.change(runtime.db, runtime.clock, runtime.settings.egress_allow, webhook_id, wanted)
    return Redirect(f"/webhooks/{webhook_id}?done=saved", status_code=303)


@post("/webhooks/{webhook_id:str}/replay", guards=_WRITE)
async def replay(
    frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str], data: URLEncodedBody[ReplayForm]
) -> Answer | Redirect:
    """Send events of the past once more, or show the form again with what is wrong."""
    try:
        if data.missed:
            await service.replay_missed(runtime.db, runtime.clock, webhook_id)
        else:
            await service.replay(runtime.db, runtime.clock, webhook_id, _asked(data))
    except Refused as refused:
        return await one(frame, runtime, webhook_id, replay=data, refused=refused)
    return Redirect(f"/webhooks/{webhook_id}?done=sent", status_code=303)


@get("/webhooks/{webhook_id:str}/deliveries/{sending_id:str}", guards=_READ)
async def show_delivery(
    frame: page.Frame, runtime: inject.Runtime, webhook_id: FromPath[str], sending_id: FromPath[str]
) -> Answer:
    """Show one thing that was sent, with the last request and its answer."""
    context = {
        "exchange": await service.exchange(runtime.db, webhook_id, sending_id),
        "webhook": await service.find(runtime.db, webhook_id),
        "words": webhook_words,
    }
    return frame.page("pages/webhook_delivery.html", SECTION, context)


@post("/webhooks/{webhook_id:str}/deliveries/{sending_id:str}/retry", guards=_WRITE)
async def retry(runtime: inject.Runtime, webhook_id: FromPath[str], sending_id: FromPath[str]) -> Redirect:
    """Send something once more."""
    await service.retry(runtime.db, runtime.clock, webhook_id, sending_id)
    return Redirect(f"/webhooks/{webhook_id}/deliveries/{sending_id}?done=sent", status_code=303)


def _asked(form: ReplayForm) -> NewReplay:
    """Read the days; raises `Invalid`."""
    since: datetime | None = start_of(form.since)
    if since is None:
        raise Invalid(errors=(FieldError("since", "Say from which day on."),))
    return NewReplay(since=since, until=end_of(form.until))


HANDLERS = (try_webhook, rotate_secret, switch_webhook, replay, show_delivery, retry)
