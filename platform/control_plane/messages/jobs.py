"""What messages need when nobody asks: held and scheduled ones go in time, and what they said is forgotten."""

from control_plane.core.jobs import Job, JobContext
from control_plane.messages import service
from control_plane.messages.service import bulk as acts


async def release(context: JobContext) -> None:
    """Let held deliveries go."""
    await service.release(context.db, context.clock)


async def send_scheduled(context: JobContext) -> None:
    """Let scheduled deliveries go that are due."""
    await service.send_scheduled(context.db, context.clock)


async def bulk(context: JobContext) -> None:
    """Go on with what is done to many messages."""
    await acts.go_on(context.db, context.clock)


async def forget_acts(context: JobContext) -> None:
    """Forget what was done to many messages long ago."""
    await acts.forget_acts(context.db, context.clock)


async def forget_contents(context: JobContext) -> None:
    """Forget what messages said, as soon as their tenants want that."""
    await service.forget_contents(context.db, context.clock)


JOBS = (
    Job(name="messages.release", run=release, every_seconds=10, timeout_seconds=300),
    Job(name=service.SEND_JOB, run=send_scheduled, every_seconds=1, timeout_seconds=300),
    Job(name=acts.BULK_JOB, run=bulk, every_seconds=5, timeout_seconds=300),
    Job(name="messages.forget_acts", run=forget_acts, every_seconds=3600),
    Job(name="messages.forget_contents", run=forget_contents, every_seconds=1800, timeout_seconds=900),
)
