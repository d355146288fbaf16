"""What files need when nobody asks: those that nothing uses are forgotten."""

from control_plane.blobs import service
from control_plane.core.jobs import Job, JobContext


async def forget(context: JobContext) -> None:
    """Forget files whose time is over."""
    await service.forget(context.db, context.clock, context.blobs)


JOBS = (Job(name="blobs.forget", run=forget, every_seconds=600, timeout_seconds=900),)
