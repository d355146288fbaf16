"""Create, show and delete webhooks."""

from collections.abc import Sequence

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.http import Network
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.webhooks import signing, urls
from control_plane.webhooks.errors import TooManyWebhooks
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.schemas import EVENT_TYPES, CreatedWebhook, NewWebhook, Webhook
from control_plane.webhooks.service import secrets as kept
from control_plane.webhooks.service.views import PREFIX, webhook_of

_WEBHOOKS_MAX = 50


async def create(db: Database, vault: Vault, allowed: Sequence[Network], new: NewWebhook) -> CreatedWebhook:
    """Make a webhook with a fresh secret; raises `Invalid` when its address must not be reached, `TooManyWebhooks`."""
    await check(new.url, new.events, new.description, allowed)
    secret, webhook_id, tenant_id = signing.new_secret(), ids.new_uuid(), bound_tenant()
    sealed = kept.seal(vault, (secret,))
    async with db.tenant_tx() as tx:
        values = (new.url, new.description, new.events, sealed, _WEBHOOKS_MAX)
        if await queries.insert(tx, tenant_id, webhook_id, *values) is None:
            raise TooManyWebhooks
        row = await queries.find(tx, tenant_id, webhook_id)
        assert row is not None, "it was just made"
        told = {"url": new.url, "events": new.events, "description": new.description, "secrets": sealed}
        audit.record(tx, "webhooks.create", ids.encode(PREFIX, webhook_id), after=told)
    return CreatedWebhook(**msgspec.structs.asdict(webhook_of(row)), secrets=(secret,))


async def find(db: Database, webhook_id: str) -> Webhook:
    """Give a webhook; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id))
    if row is None:
        raise NotFound
    return webhook_of(row)


async def listing(db: Database, limit: int, after: str | None) -> Page[Webhook]:
    """Give a page of webhooks, newest first."""
    last = cursor(PREFIX, after)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, bound_tenant(), limit + 1, last)
    data = tuple(map(webhook_of, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def delete(db: Database, webhook_id: str, if_match: str | None = None) -> None:
    """Delete a webhook; what was on its way to it is given up. Raises `NotFound`, `PreconditionFailed`."""
    wanted = ids.decode(PREFIX, webhook_id)
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), wanted, lock=True)
        if row is None:
            raise NotFound
        etag.check(if_match, webhook_of(row))
        await queries.delete(tx, bound_tenant(), wanted)
        audit.record(tx, "webhooks.delete", webhook_id, before={"url": row["url"], "events": row["events"]})


async def check(url: str | None, events: Sequence[str], description: str, allowed: Sequence[Network]) -> None:
    """Raise `Invalid` for what a webhook must not be; without an address, that one is as good as it was."""
    unknown = [name for name in events if name not in EVENT_TYPES]
    errors = [FieldError("events", f"There is no event type {name[:64]!r}.") for name in unknown]
    if "\0" in description:
        errors.append(FieldError("description", "Leave out the NUL character."))
    problem = await urls.problem_of(url, allowed) if url is not None else None
    if problem:
        errors.append(FieldError("url", problem))
    if errors:
        raise Invalid(errors=tuple(errors))
