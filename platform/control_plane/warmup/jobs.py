"""What warm-up needs when nobody asks: days turn within a minute of midnight UTC, old days are forgotten."""

from control_plane.core.jobs import Job, JobContext
from control_plane.warmup import service

_DAY_SECONDS = 24 * 60 * 60.0


async def sweep(context: JobContext) -> None:
    """Begin, decide, tell nodes, end."""
    await service.sweep(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Delete old days."""
    await service.forget(context.db, context.clock)


JOBS = (
    Job(name="warmup.sweep", run=sweep, every_seconds=60, timeout_seconds=600),
    Job(name="warmup.forget", run=forget, every_seconds=_DAY_SECONDS),
)
