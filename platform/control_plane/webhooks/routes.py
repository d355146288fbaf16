"""`/v1/webhooks`."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.webhooks import service
from control_plane.webhooks.schemas import CreatedWebhook, NewWebhook, Webhook, WebhookDelivery

_WRITE = [requires("webhooks:write")]
_READ = [requires("webhooks:read")]


@post("/webhooks", guards=_WRITE)
async def create_webhook(
    data: JSONBody[NewWebhook], db: inject.Database, vault: inject.Vault, settings: inject.Settings
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


@delete("/webhooks/{webhook_id:str}", guards=_WRITE)
async def delete_webhook(webhook_id: FromPath[str], db: inject.Database, if_match: IfMatch = None) -> None:
    """Delete a webhook; what was on its way to it is given up."""
    await service.delete(db, webhook_id, if_match)


@get("/webhooks/{webhook_id:str}/deliveries", guards=_READ)
async def list_webhook_deliveries(
    webhook_id: FromPath[str], db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[WebhookDelivery]:
    """List what was sent to a webhook or is to be, newest first."""
    return await service.listing_of_deliveries(db, webhook_id, limit, after)


HANDLERS = [create_webhook, list_webhooks, get_webhook, delete_webhook, list_webhook_deliveries]
