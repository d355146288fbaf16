"""Send what is due to one webhook, a few at a time; no other webhook waits for it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import circuit, payloads
from control_plane.webhooks.post import Signed, post
from control_plane.webhooks.queries import sending
from control_plane.webhooks.queries import webhooks as queries
from control_plane.webhooks.retries import Decision, Outcome, decide
from control_plane.webhooks.service import secrets
from control_plane.webhooks.service.conclude import conclude
from control_plane.webhooks.service.fan_out import SEND_JOB

_MOST_IN_A_JOB = 2000
_LONGEST = timedelta(seconds=30)
"""A sweep goes on where a job stops. What is under way then ends in its own time, long before the job would be cut."""
_TOGETHER_SECONDS = 0.01
"""Tries that end so soon after another are written down together with it."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A try that ended."""

    delivery_id: UUID
    attempts: int
    at: datetime
    outcome: Outcome
    decision: Decision


class Sender:
    """What sending needs."""

    def __init__(self, db: Database, vault: Vault, client: httpx.AsyncClient, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._client = client
        self._clock = clock

    async def send_due(self, tenant_id: UUID, webhook_id: UUID, news: asyncio.Event | None = None) -> None:
        """Send until nothing is due, nothing may be sent, or others are at it; `news` has it look again meanwhile."""
        with acting_for(tenant_id):
            sending_to = _Sending(self._db, self._vault, self._client, self._clock, TenantId(tenant_id), webhook_id)
            await sending_to.run(news or asyncio.Event())


class _Sending:
    """One job's work for one webhook: what ended is written down and more is claimed in the same transaction."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        client: httpx.AsyncClient,
        clock: Clock,
        tenant_id: TenantId,
        webhook_id: UUID,
    ) -> None:
        self._db = db
        self._vault = vault
        self._client = client
        self._clock = clock
        self._tenant_id = tenant_id
        self._webhook_id = webhook_id
        self._under_way: set[asyncio.Task[Tried]] = set()
        self._left = _MOST_IN_A_JOB
        self._until = clock.now() + _LONGEST

    async def run(self, news: asyncio.Event) -> None:
        """Send until there is no more to do; between the last look for news and the end, nothing is awaited."""
        ended: list[Tried] = []
        heard = asyncio.create_task(news.wait())
        try:
            while True:
                await self._turn(ended)
                if not self._under_way and (not news.is_set() or self._left <= 0):
                    return
                await asyncio.wait({*self._under_way, heard}, return_when=asyncio.FIRST_COMPLETED)
                ended = await self._collect()
                if news.is_set():
                    news.clear()
                    heard = asyncio.create_task(news.wait())
        finally:
            for task in (*self._under_way, heard):
                task.cancel()

    async def _collect(self) -> list[Tried]:
        """Give the tries that ended, with those that end right after."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_TOGETHER_SECONDS)
        done = {task for task in self._under_way if task.done()}
        self._under_way -= done
        return [task.result() for task in done]

    async def _turn(self, ended: Sequence[Tried]) -> None:
        """Write down what ended, then begin more tries if there is room."""
        async with self._db.tenant_tx(keep_plans=True) as tx:
            now = self._clock.now()
            if now >= self._until:
                self._left = 0
            webhook = await queries.lock_for_sending(tx, self._tenant_id, self._webhook_id)
            await self._write_down(tx, ended, now)
            if webhook is None:
                return
            health = await conclude(tx, webhook, [tried.outcome for tried in ended if not tried.outcome.ours], now)
            rows = await self._claim(tx, health, now) if health and self._left > 0 else []
        if rows:
            self._begin(webhook, rows, now)

    async def _write_down(self, tx: Transaction, ended: Sequence[Tried], now: datetime) -> None:
        """Write down what came of tries; where none could be made through our own fault, this job begins no more."""
        if done := [_finish(tried) for tried in ended if tried.outcome.tried]:
            await sending.finish(tx, self._tenant_id, done)
        if put_off := [tried.delivery_id for tried in ended if not tried.outcome.tried]:
            await sending.put_off(tx, self._tenant_id, put_off, now)
            self._left = 0

    async def _claim(self, tx: Transaction, health: circuit.Health, now: datetime) -> list[asyncpg.Record]:
        under_way = await sending.under_way(tx, self._tenant_id, self._webhook_id, now)
        room = circuit.room(health, under_way, now)
        return await sending.claim(tx, self._tenant_id, self._webhook_id, now, room) if room else []

    def _begin(self, webhook: asyncpg.Record, rows: Sequence[asyncpg.Record], now: datetime) -> None:
        live = secrets.live(self._vault, webhook, now)
        self._left -= len(rows)
        self._under_way |= {asyncio.create_task(self._try(webhook["url"], live, row)) for row in rows}

    async def _try(self, url: str, live: tuple[str, ...], row: asyncpg.Record) -> Tried:
        attempts, at = row["attempts"] + 1, self._clock.now()
        body, public_id = payloads.body_of(row, self._tenant_id), ids.encode("evt", row["event_id"])
        outcome = await post(self._client, Signed(url=url, id=public_id, body=body, secrets=live), at)
        decision = decide(outcome, attempts, self._clock.now())
        return Tried(delivery_id=row["id"], attempts=attempts, at=at, outcome=outcome, decision=decision)


async def trigger_due(db: Database, clock: Clock) -> None:
    """Find what no trigger came for: retries that are due, and what a lost worker had claimed."""
    async with db.fleet_tx() as tx:
        for row in await sending.due_webhooks(tx, clock.now()):
            tx.outbox.trigger(SEND_JOB, str(row["tenant_id"]), str(row["webhook_id"]))


def _finish(tried: Tried) -> sending.Finish:
    outcome, decision = tried.outcome, tried.decision
    return sending.Finish(
        delivery_id=tried.delivery_id,
        status=decision.status,
        attempts=tried.attempts,
        next_attempt_at=decision.next_attempt_at,
        attempted_at=tried.at,
        given_up=decision.given_up,
        response_status=outcome.status,
        response_excerpt=outcome.excerpt,
        response_headers=msgspec.json.encode(outcome.headers).decode(),
        response_ms=outcome.milliseconds,
    )
