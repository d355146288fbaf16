"""A tenant with a webhook, for tests of sending."""

import httpx
import msgspec

from control_plane.core.ids import decode
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


async def send_due(sender: service.Sender, subscribed: Subscribed) -> None:
    """Send what is due to the webhook."""
    await sender.send_due(subscribed.tenant.id, decode("whk", subscribed.webhook_id))
