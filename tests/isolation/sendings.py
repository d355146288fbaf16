"""Something on its way to a place's newest webhook."""

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from tests.isolation.places import Place

_EVENT = "insert into events (tenant_id, id, type, at) values ($1, $2, 'message.delivered', now())"
_NEWEST = """
select id from webhook_deliveries where tenant_id = $1 and event_id = $2
  and webhook_id = (select id from webhooks where tenant_id = $1 order by id desc limit 1)"""


async def sending(db: Database, place: Place) -> str:
    """Have something happen that the webhook subscribes to; gives the id of what it is to be sent."""
    event_id = ids.new_uuid()
    with acting_for(place.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(_EVENT, place.id, event_id)
            await service.fan_out(tx, [place.id], [event_id], ["message.delivered"])
            return ids.encode("whd", await tx.connection.fetchval(_NEWEST, place.id, event_id))
