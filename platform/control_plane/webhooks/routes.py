"""`/v1/webhooks`: have your own systems told what happens."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.clock import in_utc
from control_plane.core.etag import IfMatch
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.webhooks import service
from control_plane.webhooks.schemas import (
    CreatedWebhook,
    DeliveryStatus,
    NewReplay,
    NewTest,
    NewWebhook,
    RotatedSecret,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookExchange,
    WebhookReplay,
    WebhookTest,
)

_WRITE = [requires("webhooks:write")]
_READ = [requires("webhooks:read")]
_Type = Annotated[str | None, QueryParameter(name="type", max_length=100, description="Only this type of event.")]
_Since = Annotated[datetime | None, QueryParameter(description="Only what was put on its way from then on.")]
_Until = Annotated[datetime | None, QueryParameter(description="Only what was put on its way before.")]


@post("/webhooks", guards=_WRITE)
async def create_webhook(
    data: JSONBody[NewWebhook],
    db: inject.Database,
    vault: inject.Vault,
    settings: inject.Settings,
) -> CreatedWebhook:
    """Make a webhook; its secret is shown this once."""
    return await service.create(db, vault, settings.egress_allow, data)


@get("/webhooks", guards=_READ)
async def list_webhooks(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Webhook]:
    """List webhooks, newest first."""
    return await service.listing(db, limit, after)


@get("/webhooks/{webhook_id:str}", guards=_READ)
async def get_webhook(webhook_id: FromPath[str], db: inject.Database) -> Webhook:
    """Show a webhook."""
    return await service.find(db, webhook_id)


@patch("/webhooks/{webhook_id:str}", guards=_WRITE)
async def change_webhook(
    webhook_id: FromPath[str],
    data: JSONBody[WebhookChange],
    db: inject.Database,
    clock: inject.Clock,
    settings: inject.Settings,
    if_match: IfMatch = None,
) -> Webhook:
    """Change a webhook, or switch it off and on; what is left out stays."""
    return await service.change(db, clock, settings.egress_allow, webhook_id, data, if_match)


@delete("/webhooks/{webhook_id:str}", guards=_WRITE)
async def delete_webhook(webhook_id: FromPath[str], db: inject.Database, if_match: IfMatch = None) -> None:
    """Delete a webhook; what was on its way to it is given up."""
    await service.delete(db, webhook_id, if_match)


@post("/webhooks/{webhook_id:str}/rotate-secret", guards=_WRITE, status_code=200)
async def rotate_webhook_secret(
    webhook_id: FromPath[str], db: inject.Database, vault: inject.Vault, clock: inject.Clock
) -> RotatedSecret:
    """Make a new secret, shown this once; for a day, messages bear the old one's signature too."""
    return await service.rotate_secret(db, vault, clock, webhook_id)


@post("/webhooks/{webhook_id:str}/test", guards=_WRITE, status_code=200)
async def send_webhook_test(webhook_id: FromPath[str], data: JSONBody[NewTest], runtime: inject.Runtime) -> WebhookTest:
    """Send a sample event, once, and say what came back."""
    return await service.try_out(runtime.db, runtime.vault, runtime.http, runtime.clock, webhook_id, data)


@get("/webhooks/{webhook_id:str}/deliveries", guards=_READ)
async def list_webhook_deliveries(
    webhook_id: FromPath[str],
    db: inject.Database,
    status: FromQuery[DeliveryStatus | None] = None,
    event_type: _Type = None,
    since: _Since = None,
    until: _Until = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[WebhookDelivery]:
    """List what was sent to a webhook or is to be, newest first."""
    filters = service.Filters(
        status=status, type=event_type, since=since and in_utc(since), until=until and in_utc(until)
    )
    return await service.listing_of_deliveries(db, webhook_id, filters, limit, after)


@get("/webhooks/{webhook_id:str}/deliveries/{sending_id:str}", guards=_READ)
async def get_webhook_delivery(
    webhook_id: FromPath[str], sending_id: FromPath[str], db: inject.Database
) -> WebhookExchange:
    """Show one thing that was sent, with the last request and its answer."""
    return await service.exchange(db, webhook_id, sending_id)


@post("/webhooks/{webhook_id:str}/deliveries/{sending_id:str}/retry", guards=_WRITE, status_code=200)
async def retry_webhook_delivery(
    webhook_id: FromPath[str], sending_id: FromPath[str], db: inject.Database, clock: inject.Clock
) -> WebhookDelivery:
    """Send something once more at once, whatever became of it before."""
    return await service.retry(db, clock, webhook_id, sending_id)


@post("/webhooks/{webhook_id:str}/replay", guards=_WRITE, status_code=202)
async def replay_webhook(
    webhook_id: FromPath[str], data: JSONBody[NewReplay], db: inject.Database, clock: inject.Clock
) -> WebhookReplay:
    """Send the events of a time once more, under the same ids; at most 100,000 of the last 30 days."""
    return await service.replay(db, clock, webhook_id, data)


@get("/webhooks/{webhook_id:str}/replays", guards=_READ)
async def list_webhook_replays(
    webhook_id: FromPath[str],
    db: inject.Database,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[WebhookReplay]:
    """List a webhook's replays with their progress, newest first."""
    return await service.listing_of_replays(db, webhook_id, limit, after)


HANDLERS: list[ControllerRouterHandler] = [
    create_webhook,
    list_webhooks,
    get_webhook,
    change_webhook,
    delete_webhook,
    rotate_webhook_secret,
    send_webhook_test,
    list_webhook_deliveries,
    get_webhook_delivery,
    retry_webhook_delivery,
    replay_webhook,
    list_webhook_replays,
]
