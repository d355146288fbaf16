"""Jobs of webhooks: send what is due to one of them; look for what is due."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.webhooks import service
from control_plane.webhooks.service.fan_out import SEND_JOB


async def send(context: JobContext, tenant_id: str, webhook_id: str) -> None:
    """Send what is due to one webhook."""
    sender = service.Sender(context.db, context.vault, context.http, context.clock)
    await sender.send_due(UUID(tenant_id), UUID(webhook_id))


async def sweep(context: JobContext) -> None:
    """Trigger `webhooks.send` for each webhook that has something due."""
    await service.trigger_due(context.db, context.clock)


JOBS = (
    Job(name=SEND_JOB, run=send, timeout_seconds=600),
    Job(name="webhooks.sweep", run=sweep, every_seconds=1),
)
