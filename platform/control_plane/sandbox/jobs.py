"""What the sandbox needs when nobody asks: what is due happens, and old counts are forgotten."""

from control_plane.core.jobs import Job, JobContext
from control_plane.sandbox import service

_SOON_SECONDS = 1
_DAY_SECONDS = 24 * 60 * 60.0


async def play(context: JobContext) -> None:
    """Let happen what is due."""
    await service.play(context.db, context.clock)


async def forget_usage(context: JobContext) -> None:
    """Forget how much was played."""
    await service.forget_usage(context.db, context.clock)


JOBS = (
    Job(name=service.PLAY_JOB, run=play, every_seconds=_SOON_SECONDS, timeout_seconds=300),
    Job(name="sandbox.forget_usage", run=forget_usage, every_seconds=_DAY_SECONDS),
)
