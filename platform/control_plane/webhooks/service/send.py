"""Send what is due to one webhook, a few at a time; no other webhook waits for it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import httpx
import msgspec
import structlog

from control_plane.core import http, ids
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import payloads, signing
from control_plane.webhooks.queries import sending
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.retries import Outcome, decide
from control_plane.webhooks.service.fan_out import SEND_JOB
from control_plane.webhooks.service.manage import SECRETS_PURPOSE

AT_ONCE = 8
"""Messages under way to one webhook, over all workers."""
TRY_SECONDS = 20
"""For connecting, sending and reading the answer; less than a claim lasts."""

_EXCERPT_BYTES = 500
_ROUNDS = 50
_HEADERS = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "Fleetpost-Webhooks/1"}

_log = structlog.get_logger()


class Target(msgspec.Struct, frozen=True):
    """Where to, and signed with what."""

    tenant_id: TenantId
    url: str
    secrets: tuple[str, ...]


class Sender:
    """What sending needs."""

    def __init__(self, db: Database, vault: Vault, client: httpx.AsyncClient, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._client = client
        self._clock = clock

    async def send_due(self, tenant_id: UUID, webhook_id: UUID) -> None:
        """Send until nothing is due or others are at it."""
        with acting_for(tenant_id):
            for _ in range(_ROUNDS):  # a sweep goes on where this stops
                claimed = await self._claim(TenantId(tenant_id), webhook_id)
                if claimed is None:
                    return
                target, rows = claimed
                await asyncio.gather(*(self._send(target, row) for row in rows))

    async def _claim(self, tenant_id: TenantId, webhook_id: UUID) -> tuple[Target, Sequence[asyncpg.Record]] | None:
        async with self._db.tenant_tx() as tx:
            webhook = await queries.find(tx, tenant_id, webhook_id)
            if webhook is None:
                return None
            rows = await sending.claim(tx, tenant_id, webhook_id, self._clock.now(), AT_ONCE)
        if not rows:
            return None
        secrets = self._vault.decrypt(webhook["secrets"], purpose=SECRETS_PURPOSE).decode().split("\n")
        return Target(tenant_id, webhook["url"], tuple(secrets)), rows

    async def _send(self, target: Target, row: asyncpg.Record) -> None:
        attempts, at = row["attempts"] + 1, self._clock.now()
        outcome = await self._try(target, row, at)
        decision = decide(outcome, attempts, self._clock.now())
        done = sending.Finish(
            delivery_id=row["id"],
            status=decision.status,
            attempts=attempts,
            next_attempt_at=decision.next_attempt_at,
            attempted_at=at,
            response_status=outcome.status,
            response_excerpt=outcome.excerpt,
        )
        async with self._db.tenant_tx() as tx:
            await sending.finish(tx, target.tenant_id, done)

    async def _try(self, target: Target, row: asyncpg.Record, at: datetime) -> Outcome:
        """Try once; whatever goes wrong, the try counts, since it would else be repeated for ever."""
        try:
            return await self._post(target, row, at)
        except TimeoutError:
            return Outcome(None, "no answer in time")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(None, f"{type(error).__name__}: {error}"[:_EXCERPT_BYTES])
        except Exception:  # noqa: BLE001
            _log.exception("a webhook could not be tried", action="webhooks.broken", delivery_id=str(row["id"]))
            return Outcome(None, "something went wrong on our side")

    async def _post(self, target: Target, row: asyncpg.Record, at: datetime) -> Outcome:
        body = payloads.body_of(row, ids.encode("ten", target.tenant_id))
        headers = _HEADERS | signing.headers(ids.encode("evt", row["event_id"]), at, body, target.secrets)
        async with (
            asyncio.timeout(TRY_SECONDS),
            self._client.stream("POST", target.url, content=body, headers=headers) as response,
        ):
            excerpt = await http.read_some(response, _EXCERPT_BYTES)
        return Outcome(response.status_code, _storable(excerpt))


async def trigger_due(db: Database, clock: Clock) -> None:
    """Find what no trigger came for: retries that are due, and what a lost worker had claimed."""
    async with db.fleet_tx() as tx:
        for row in await sending.due_webhooks(tx, clock.now()):
            tx.outbox.trigger(SEND_JOB, str(row["tenant_id"]), str(row["webhook_id"]))


def _storable(excerpt: bytes) -> str:
    return excerpt.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
