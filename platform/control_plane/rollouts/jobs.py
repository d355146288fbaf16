"""What takes roll-outs on when nobody asks, and keeps nodes at what is in force."""

from control_plane.core.jobs import Job, JobContext
from control_plane.rollouts import service

_HOUR_SECONDS = 3600.0


async def advance(context: JobContext) -> None:
    """Take the roll-out that is under way as far as it goes for now."""
    await service.advance(context.db, context.clock)


async def tell_all(context: JobContext) -> None:
    """Bring nodes that are new, or were away, what they are to have."""
    await service.tell_all(context.db)


async def forget(context: JobContext) -> None:
    """Delete old diffs and counts."""
    await service.forget(context.db, context.clock)


JOBS = (
    Job(name=service.ADVANCE_JOB, run=advance, every_seconds=5, timeout_seconds=300),
    Job(name=service.TELL_JOB, run=tell_all, every_seconds=60, timeout_seconds=600),
    Job(name="rollouts.forget", run=forget, every_seconds=_HOUR_SECONDS),
)
