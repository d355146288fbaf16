"""Events that happen in tests, and somebody who reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import httpx

from control_plane.core import ids
from control_plane.core.database import Database, Transaction
from tests.conftest import Tenant


async def store(
    tx: Transaction, tenant: Tenant, event_type: str = "message.delivered", at: datetime | None = None
) -> str:
    """Store an event that happened now, or at another moment; gives its public id."""
    happened = at or datetime.now(UTC)
    event_id = ids.new_uuid(int(happened.timestamp() * 1000))
    await tx.connection.execute(
        "insert into events (tenant_id, id, type, at) values ($1, $2, $3, $4)",
        tenant.id,
        event_id,
        event_type,
        happened,
    )
    return ids.encode("evt", event_id)


async def happen(db: Database, tenant: Tenant, *types: str) -> list[str]:
    """Store events, each in a transaction of its own; gives their ids."""
    found = []
    for event_type in types:
        async with db.fleet_tx() as tx:
            found.append(await store(tx, tenant, event_type))
    return found


class Reader:
    """Reads a tenant's events, each time from where the last time ended."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant, **filters: str) -> None:
        self._client = client
        self._headers = tenant.headers
        self._filters = filters
        self.position = ""

    async def ask(self, **more: str) -> dict[str, object]:
        """Read one page."""
        after = {"after": self.position} if self.position else {}
        answer = await self._client.get("/v1/events", params=self._filters | more | after, headers=self._headers)
        assert answer.status_code == 200, answer.text
        page: dict[str, object] = answer.json()
        self.position = str(page["next"])
        return page

    async def news(self, **more: str) -> list[str]:
        """Read all there is; gives the ids."""
        found: list[str] = []
        while True:
            page = await self.ask(**more)
            data = page["data"]
            assert isinstance(data, list)
            found += [event["id"] for event in data]
            if not page["more"]:
                return found


def uuids(public_ids: Sequence[str]) -> list[UUID]:
    """Give the ids that public ones stand for."""
    return [ids.decode("evt", each) for each in public_ids]
