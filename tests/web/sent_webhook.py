"""Something that was sent to a tenant's newest webhook, and how that answered."""

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from tests.conftest import Tenant

_EVENT = """
insert into events (tenant_id, id, type, at, data)
values ($1, $2, $3, now(), '{"reply": "550 5.1.1 No such user here"}')"""
_SENT = """
update webhook_deliveries set attempts = 2, attempted_at = now(), next_attempt_at = now() + interval '5 minutes',
  response_status = 503, response_excerpt = '{"error": "down for maintenance"}', response_ms = 214,
  response_headers = '{"content-type": "application/json", "retry-after": "120"}'
where tenant_id = $1 and event_id = $2 returning id"""
_TRIES = """
insert into webhook_hours (tenant_id, webhook_id, hour, delivered, failed)
select tenant_id, id, date_trunc('hour', now()) - ago * interval '1 hour', 20 + (ago * 7) % 13, (ago * 5) % 4
from webhooks, generate_series(0, 20) ago where tenant_id = $1
on conflict do nothing"""


async def make_sent(db: Database, tenant: Tenant, event_type: str = "message.bounced") -> str:
    """Have an event happen that the webhook refused twice; gives the sending's id."""
    event_id = ids.new_uuid()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(_EVENT, tenant.id, event_id, event_type)
            await service.fan_out(tx, [tenant.id], [event_id], [event_type])
            await tx.connection.execute(_TRIES, tenant.id)
            return ids.encode("whd", await tx.connection.fetchval(_SENT, tenant.id, event_id))
