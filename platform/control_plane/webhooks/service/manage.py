"""Create, show and delete webhooks."""

from collections.abc import Sequence

import asyncpg
import httpx

from control_plane.audit import service as audit
from control_plane.core import etag, http, ids
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.http import Network
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.webhooks import signing
from control_plane.webhooks.errors import TooManyWebhooks
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.schemas import EVENT_TYPES, CreatedWebhook, NewWebhook, Webhook, WebhookDelivery

PREFIX = "whk"
DELIVERY_PREFIX = "whd"
SECRETS_PURPOSE = "webhooks.secrets"

_WEBHOOKS_MAX = 50
_PORTS_END = 65536


async def create(db: Database, vault: Vault, allowed: Sequence[Network], new: NewWebhook) -> CreatedWebhook:
    """Make a webhook with a fresh secret; raises `Invalid` when its address must not be reached."""
    await _check(new, allowed)
    secret, webhook_id = signing.new_secret(), ids.new_uuid()
    sealed = vault.encrypt(secret.encode(), purpose=SECRETS_PURPOSE)
    async with db.tenant_tx() as tx:
        row = await queries.insert(tx, bound_tenant(), webhook_id, new.url, new.events, sealed, _WEBHOOKS_MAX)
        if row is None:
            raise TooManyWebhooks
        told = {"url": new.url, "events": new.events, "secrets": sealed}
        audit.record(tx, "webhooks.create", ids.encode(PREFIX, webhook_id), after=told)
    webhook = _webhook(row)
    return CreatedWebhook(
        id=webhook.id,
        url=webhook.url,
        events=webhook.events,
        status=webhook.status,
        created_at=webhook.created_at,
        secrets=(secret,),
    )


async def find(db: Database, webhook_id: str) -> Webhook:
    """Give a webhook; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id))
    if row is None:
        raise NotFound
    return _webhook(row)


async def listing(db: Database, limit: int, after: str | None) -> Page[Webhook]:
    """Give a page of webhooks, newest first."""
    last = cursor(PREFIX, after)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, bound_tenant(), limit + 1, last)
    data = tuple(map(_webhook, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def delete(db: Database, webhook_id: str, if_match: str | None = None) -> None:
    """Delete a webhook; what was on its way to it is given up. Raises `NotFound`, `PreconditionFailed`."""
    wanted = ids.decode(PREFIX, webhook_id)
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), wanted, lock=True)
        if row is None:
            raise NotFound
        etag.check(if_match, _webhook(row))
        await queries.delete(tx, bound_tenant(), wanted)
        audit.record(tx, "webhooks.delete", webhook_id, before={"url": row["url"], "events": row["events"]})


async def listing_of_deliveries(db: Database, webhook_id: str, limit: int, after: str | None) -> Page[WebhookDelivery]:
    """Give a page of what was sent to a webhook or is to be, newest first; raises `NotFound`."""
    wanted, last = ids.decode(PREFIX, webhook_id), cursor(DELIVERY_PREFIX, after)
    async with db.tenant_tx() as tx:
        if await queries.find(tx, bound_tenant(), wanted) is None:
            raise NotFound
        rows = await queries.deliveries(tx, bound_tenant(), wanted, limit + 1, last)
    data = tuple(map(_delivery, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def _check(new: NewWebhook, allowed: Sequence[Network]) -> None:
    unknown = [name for name in new.events if name not in EVENT_TYPES]
    errors = [FieldError("events", f"There is no event type {name[:64]!r}.") for name in unknown]
    problem = await _url_problem(new.url, allowed)
    if problem:
        errors.append(FieldError("url", problem))
    if errors:
        raise Invalid(errors=tuple(errors))


async def _url_problem(text: str, allowed: Sequence[Network]) -> str | None:
    """Say what is wrong with an address; where it leads is checked again with every connection."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return "This is not a URL."
    if not url.host or not text.isascii() or not text.isprintable() or url.scheme not in ("https", "http"):
        return "Give an address such as https://example.com/hooks."
    if url.port is not None and not 0 < url.port < _PORTS_END:
        return "A port is a number from 1 to 65535."
    if url.userinfo:
        return "Leave user name and password out: what we send is proven by its signature."
    try:
        await http.checked_address(url, allowed)
    except http.ForbiddenAddress:
        return "Use an https:// address on the public internet."
    except httpx.ConnectError:
        return f"The host {url.host} has no address: check its spelling."
    return None


def _webhook(row: asyncpg.Record) -> Webhook:
    return Webhook(
        id=ids.encode(PREFIX, row["id"]),
        url=row["url"],
        events=tuple(row["events"]),
        status=row["status"],
        created_at=row["created_at"],
    )


def _delivery(row: asyncpg.Record) -> WebhookDelivery:
    return WebhookDelivery(
        id=ids.encode(DELIVERY_PREFIX, row["id"]),
        event_id=ids.encode("evt", row["event_id"]),
        status=row["status"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        next_attempt_at=row["next_attempt_at"],
        response_status=row["response_status"],
        response_excerpt=row["response_excerpt"],
    )
