"""What moves need when nobody asks: each goes on a step when that is due, and is forgotten long after it is over."""

from control_plane.core.jobs import Job, JobContext
from control_plane.moves import service

_DAY_SECONDS = 24 * 60 * 60.0


async def drive(context: JobContext) -> None:
    """Do the steps that are due."""
    await service.drive(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Forget moves that have long been over."""
    await service.forget(context.db, context.clock)


JOBS = (
    Job(name=service.DRIVE_JOB, run=drive, every_seconds=3, timeout_seconds=300),
    Job(name="moves.forget", run=forget, every_seconds=_DAY_SECONDS),
)
