"""What messages need when nobody asks: those that were held over a limit go when its window turns."""

from control_plane.core.jobs import Job, JobContext
from control_plane.messages import service


async def release(context: JobContext) -> None:
    """Let held deliveries go."""
    await service.release(context.db, context.clock)


JOBS = (Job(name="messages.release", run=release, every_seconds=10, timeout_seconds=300),)
