"""Jobs of notices: send one; look for what is due."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.notices import service


async def send(context: JobContext, notice_id: str) -> None:
    """Send one notice if it is due."""
    await service.send(context, UUID(notice_id))


async def sweep(context: JobContext) -> None:
    """Trigger `notices.send` for each notice that is due."""
    await service.trigger_due(context.db, context.clock)


JOBS = (
    Job(name=service.SEND_JOB, run=send),
    Job(name="notices.sweep", run=sweep, every_seconds=5),
)
