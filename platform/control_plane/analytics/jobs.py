"""What roll-ups need when nobody asks: deltas become hours and days, and old hours go."""

from control_plane.analytics import service
from control_plane.core.jobs import Job, JobContext

_FOLD_SECONDS = 5
_DAY_SECONDS = 24 * 60 * 60.0


async def fold(context: JobContext) -> None:
    """Fold deltas."""
    await service.fold(context.db)


async def forget_hours(context: JobContext) -> None:
    """Delete old hours."""
    await service.forget_hours(context.db, context.clock)


JOBS = (
    Job(name="analytics.fold", run=fold, every_seconds=_FOLD_SECONDS, timeout_seconds=300),
    Job(name="analytics.forget_hours", run=forget_hours, every_seconds=_DAY_SECONDS, timeout_seconds=600),
)
