"""What bounces need when nobody asks: counts become hours, operators hear of refusals, old ones are forgotten."""

from control_plane.bounces import service
from control_plane.bounces.service import alarm
from control_plane.core.jobs import Job, JobContext

_FOLD_SECONDS = 5
_ALARM_SECONDS = 5 * 60.0
_DAY_SECONDS = 24 * 60 * 60.0


async def fold(context: JobContext) -> None:
    """Fold counts."""
    await service.fold(context.db)


async def tell_of_refusals(context: JobContext) -> None:
    """Write to operators of what other servers refuse because of us."""
    await alarm.tell_of_refusals(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Delete what is old."""
    await service.forget(context.db, context.clock)


JOBS = (
    Job(name="bounces.fold", run=fold, every_seconds=_FOLD_SECONDS, timeout_seconds=300),
    Job(name="bounces.tell_of_refusals", run=tell_of_refusals, every_seconds=_ALARM_SECONDS),
    Job(name="bounces.forget", run=forget, every_seconds=_DAY_SECONDS, timeout_seconds=600),
)
