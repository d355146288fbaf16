"""Jobs of webhooks: send what is due to one of them, go on with a replay, give up what waited too long."""

import asyncio
from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.core.turns import Turns
from control_plane.webhooks import service
from control_plane.webhooks.service.fan_out import SEND_JOB
from control_plane.webhooks.service.replays import REPLAY_JOB

_AT_ONCE = 60
"""Of the hundred jobs that a worker runs at once: however many webhooks answer slowly, letters and all else go on."""
_AT_ONCE_PER_TENANT = 4
"""Fifty webhooks that do not answer are their owner's trouble only."""

_turns: Turns[UUID] = Turns(_AT_ONCE_PER_TENANT)
_at_it: dict[tuple[UUID, UUID], asyncio.Event] = {}
"""Whom this worker sends to just now, and how to tell that there is more."""


async def send(context: JobContext, tenant_id: str, webhook_id: str) -> None:
    """Send what is due to one webhook; if its tenant or all keep enough jobs busy already, a sweep comes back to it."""
    key = (UUID(tenant_id), UUID(webhook_id))
    if key in _at_it:
        _at_it[key].set()
    elif len(_at_it) < _AT_ONCE and _turns.is_free(key[0]):
        async with _turns.take(key[0]):
            news = _at_it[key] = asyncio.Event()
            try:
                await service.Sender(context.db, context.vault, context.http, context.clock).send_due(*key, news)
            finally:
                del _at_it[key]


async def sweep(context: JobContext) -> None:
    """Trigger `webhooks.send` for each webhook that has something due."""
    await service.trigger_due(context.db, context.clock)


async def replay(context: JobContext, tenant_id: str, webhook_id: str) -> None:
    """Put the next events of a replay on their way."""
    await service.go_on(context.db, context.clock, UUID(tenant_id), UUID(webhook_id))


async def sweep_replays(context: JobContext) -> None:
    """Trigger `webhooks.replay` for each that is under way."""
    await service.trigger_running(context.db)


async def tidy(context: JobContext) -> None:
    """Give up what is not to be sent any more."""
    await service.tidy(context.db, context.clock)


JOBS = (
    Job(name=SEND_JOB, run=send, timeout_seconds=600),
    Job(name="webhooks.sweep", run=sweep, every_seconds=1),
    Job(name=REPLAY_JOB, run=replay),
    Job(name="webhooks.sweep_replays", run=sweep_replays, every_seconds=2),
    Job(name="webhooks.tidy", run=tidy, every_seconds=60, timeout_seconds=600),
)
