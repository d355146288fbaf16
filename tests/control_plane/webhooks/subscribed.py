"""A tenant with a webhook, for tests of sending."""

from datetime import UTC, datetime

import httpx
import msgspec

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message


class Subscribed(msgspec.Struct, frozen=True):
    """A tenant with a webhook."""

    tenant: Tenant
    webhook_id: str
    secret: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/v1/webhooks/{self.webhook_id}"

    async def deliveries(self, client: httpx.AsyncClient, **filters: str) -> list[dict[str, object]]:
        """Ask the API what was sent."""
        answer = await client.get(f"{self.path}/deliveries", headers=self.tenant.headers, params=filters)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, object]] = answer.json()["data"]
        return rows

    async def shown(self, client: httpx.AsyncClient) -> dict[str, object]:
        """Ask the API how the webhook is."""
        found: dict[str, object] = (await client.get(self.path, headers=self.tenant.headers)).json()
        return found


async def subscribe(client: httpx.AsyncClient, tenant: Tenant, url: str, *events: str) -> Subscribed:
    """Make a webhook."""
    made = await client.post("/v1/webhooks", json={"url": url, "events": events or ["*"]}, headers=tenant.headers)
    assert made.status_code == 201, made.text
    return Subscribed(tenant, made.json()["id"], made.json()["secrets"][0])


async def send_mail(client: httpx.AsyncClient, tenant: Tenant, domain: str, count: int = 1) -> None:
    """Have messages accepted, which is an event each."""
    body = {"messages": [message(domain, tags=["order"], metadata={"order": "1"})] * count}
    answer = await client.post("/v1/messages/batch", json=body, headers=tenant.headers)
    assert answer.status_code == 200


async def happen(db: Database, subscribed: Subscribed, *types: str, about_a_message: bool = True) -> None:
    """Store events of a new message, or of none, that happened one millisecond after the other."""
    tenant_id, now = subscribed.tenant.id, int(datetime.now(UTC).timestamp() * 1000)
    event_ids = [ids.new_uuid(now + place) for place, _ in enumerate(types)]
    message_id = ids.new_uuid() if about_a_message else None
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await tx.connection.executemany(
                "insert into events (tenant_id, id, type, at, message_id) values ($1, $2, $3, now(), $4)",
                [(tenant_id, event_id, kind, message_id) for event_id, kind in zip(event_ids, types, strict=True)],
            )
            await service.fan_out(tx, [tenant_id] * len(types), event_ids, types)


async def missed_since(client: httpx.AsyncClient, subscribed: Subscribed) -> datetime | None:
    """Ask the API since when the webhook may have missed something."""
    shown = (await subscribed.shown(client))["missed_since"]
    return datetime.fromisoformat(str(shown)) if shown else None


async def oldest_event(client: httpx.AsyncClient, subscribed: Subscribed) -> datetime:
    """Ask the API for what was to be sent; gives the time of its oldest event."""
    return min(ids.time_of(decode("evt", str(each["event_id"]))) for each in await subscribed.deliveries(client))


async def send_due(sender: service.Sender, subscribed: Subscribed) -> None:
    """Send what is due to the webhook."""
    await sender.send_due(subscribed.tenant.id, decode("whk", subscribed.webhook_id))
