"""Try a webhook out with a sample event: at once, and once."""

import httpx

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns
from control_plane.events.kinds import EVENT_TYPES
from control_plane.webhooks import signing
from control_plane.webhooks.errors import TooManyTests
from control_plane.webhooks.post import HEADERS, Signed, post
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.retries import Outcome
from control_plane.webhooks.samples import sample_body
from control_plane.webhooks.schemas import Answer, NewTest, SentRequest, WebhookTest
from control_plane.webhooks.service import secrets
from control_plane.webhooks.service.views import PREFIX

_AT_ONCE_PER_TENANT = 3

_turns: Turns[TenantId] = Turns(_AT_ONCE_PER_TENANT)


async def try_out(
    db: Database, vault: Vault, client: httpx.AsyncClient, clock: Clock, webhook_id: str, wanted: NewTest
) -> WebhookTest:
    """Send a sample to a webhook, also to a disabled one; raises `NotFound`, `Invalid`, `TooManyTests`."""
    if wanted.type not in EVENT_TYPES:
        raise Invalid(errors=(FieldError("type", f"There is no event type {wanted.type[:64]!r}."),))
    message = await _message(db, vault, clock, webhook_id, wanted)
    if not _turns.is_free(bound_tenant()):
        raise TooManyTests
    async with _turns.take(bound_tenant()):
        at = clock.now()
        outcome = await post(client, message, at)
    signed = signing.headers(message.id, at, message.body, ()) | {"webhook-signature": "v1,…"}
    request = SentRequest(url=message.url, headers=HEADERS | signed, body=message.body.decode())
    return WebhookTest(delivered=outcome.delivered, request=request, response=_answer(outcome))


async def _message(db: Database, vault: Vault, clock: Clock, webhook_id: str, wanted: NewTest) -> Signed:
    """Make the message, and note in the audit log that it is sent."""
    event_id, now = ids.new_uuid(), clock.now()
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id))
        if row is None:
            raise NotFound
        audit.record(tx, "webhooks.test", webhook_id, after={"type": wanted.type})
    body, live = sample_body(wanted.type, event_id, bound_tenant(), now), secrets.live(vault, row, now)
    return Signed(url=row["url"], id=ids.encode("evt", event_id), body=body, secrets=live)


def _answer(outcome: Outcome) -> Answer:
    return Answer(
        status=outcome.status, headers=dict(outcome.headers), excerpt=outcome.excerpt, ms=outcome.milliseconds
    )
