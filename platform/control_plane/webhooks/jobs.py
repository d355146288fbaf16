"""Jobs of webhooks: send what is due to one of them; look for what is due."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.core.turns import Turns
from control_plane.webhooks import service
from control_plane.webhooks.service.fan_out import SEND_JOB

_AT_ONCE_PER_TENANT = 4
"""Of the hundred jobs that a worker runs at once: fifty webhooks that do not answer are their owner's trouble only."""

_turns: Turns[str] = Turns(_AT_ONCE_PER_TENANT)


async def send(context: JobContext, tenant_id: str, webhook_id: str) -> None:
    """Send what is due to one webhook; if its tenant keeps enough jobs busy already, a sweep comes back to it."""
    if _turns.is_free(tenant_id):
        async with _turns.take(tenant_id):
            sender = service.Sender(context.db, context.vault, context.http, context.clock)
            await sender.send_due(UUID(tenant_id), UUID(webhook_id))


async def sweep(context: JobContext) -> None:
    """Trigger `webhooks.send` for each webhook that has something due."""
    await service.trigger_due(context.db, context.clock)


JOBS = (
    Job(name=SEND_JOB, run=send, timeout_seconds=600),
    Job(name="webhooks.sweep", run=sweep, every_seconds=1),
)
