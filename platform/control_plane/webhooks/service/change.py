"""Change a webhook, switch it off and on, give it a new secret."""

from collections.abc import Sequence

import asyncpg
import msgspec
from msgspec import UNSET

from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.http import Network
from control_plane.core.tenancy import bound_tenant
from control_plane.webhooks import circuit, signing
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.queries.webhooks import Settings
from control_plane.webhooks.schemas import RotatedSecret, Webhook, WebhookChange
from control_plane.webhooks.service import secrets as kept
from control_plane.webhooks.service.fan_out import SEND_JOB
from control_plane.webhooks.service.manage import check
from control_plane.webhooks.service.missed import missed_since
from control_plane.webhooks.service.views import PREFIX, webhook_of

_TOLD = ("url", "events", "description", "status")


async def change(
    db: Database,
    clock: Clock,
    allowed: Sequence[Network],
    webhook_id: str,
    wanted: WebhookChange,
    if_match: str | None = None,
) -> Webhook:
    """Change a webhook; raises `NotFound`, `Invalid`, `PreconditionFailed`."""
    decoded, tenant_id = ids.decode(PREFIX, webhook_id), bound_tenant()
    async with db.tenant_tx() as tx:
        before = await _found(tx, webhook_id)
    fields = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    asked = _settings(before, fields, clock)
    new_url = asked.url if asked.url != before["url"] else None  # a host that is gone can be switched off
    await check(new_url, asked.events, asked.description, allowed)  # outside of a transaction: it looks the host up
    async with db.tenant_tx() as tx:
        row = await _found(tx, webhook_id, lock=True)
        etag.check(if_match, webhook_of(row))
        asked = _settings(row, fields, clock)
        if row["status"] == "active" and asked.status == "disabled":
            asked = msgspec.structs.replace(asked, missed_since=await missed_since(tx, row, clock.now()))
        await queries.change(tx, tenant_id, decoded, asked)
        after = await _found(tx, webhook_id)
        told = {name: row[name] for name in _TOLD}, {name: after[name] for name in _TOLD}
        audit.record(tx, "webhooks.update", webhook_id, before=told[0], after=told[1])
        tx.outbox.trigger(SEND_JOB, str(tenant_id), str(decoded))
    return webhook_of(after)


async def rotate_secret(db: Database, vault: Vault, clock: Clock, webhook_id: str) -> RotatedSecret:
    """Give a webhook a new secret; the one of before signs too for a day. Raises `NotFound`."""
    new, now = signing.new_secret(), clock.now()
    async with db.tenant_tx() as tx:
        row = await _found(tx, webhook_id, lock=True)
        sealed, until = kept.seal(vault, (new, kept.live(vault, row, now)[0])), now + kept.OVERLAP
        await queries.set_secrets(tx, bound_tenant(), row["id"], sealed, until)
        audit.record(tx, "webhooks.rotate_secret", webhook_id, after={"old_secret_until": until})
    return RotatedSecret(id=webhook_id, secrets=(new,), old_secret_until=until)


async def _found(tx: Transaction, webhook_id: str, *, lock: bool = False) -> asyncpg.Record:
    row = await queries.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id), lock=lock)
    if row is None:
        raise NotFound
    return row


def _settings(row: asyncpg.Record, fields: dict[str, object], clock: Clock) -> Settings:
    """Say what a change leads to: another address or a fresh start forgets failures, who was off missed until now."""
    asked: dict[str, object] = {field.name: row[field.name] for field in msgspec.structs.fields(Settings)} | fields
    now, was = clock.now(), row["status"]
    if asked["status"] == "disabled" and was == "active":
        asked |= {"disabled_reason": "manual", "disabled_at": now, "missed_until": None, "probe_at": None}
    if asked["status"] == "active" and was == "disabled":
        asked["missed_until"] = now
    starts_anew = asked["status"] == "active" and (was == "disabled" or asked["url"] != row["url"])
    if starts_anew:
        asked |= {"disabled_reason": None, "disabled_at": None} | msgspec.structs.asdict(circuit.WELL)
    return msgspec.convert(asked, Settings)
