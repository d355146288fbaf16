"""What reports need when nobody asks: the old ones go."""

from control_plane.core.jobs import Job, JobContext
from control_plane.reports import service


async def forget_old(context: JobContext) -> None:
    """Forget reports of more than 400 days ago."""
    await service.forget_old(context.db, context.clock)


JOBS = (Job(name="reports.forget_old", run=forget_old, every_seconds=6 * 3600, timeout_seconds=600),)
