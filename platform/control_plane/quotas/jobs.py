"""What quotas need when nobody asks: tenants told of their limits, counters compared with what there is."""

from control_plane.core.jobs import Job, JobContext
from control_plane.quotas import service

_DAY_SECONDS = 24 * 60 * 60.0


async def tell(context: JobContext) -> None:
    """Tell tenants that a limit is near or reached."""
    await service.tell(context.db, context.clock)


async def recount(context: JobContext) -> None:
    """Put counters right."""
    await service.recount(context.db, context.clock)


async def purge(context: JobContext) -> None:
    """Forget old windows."""
    await service.purge(context.db, context.clock)


JOBS = (
    Job(name=service.TELL_JOB, run=tell, every_seconds=60),
    Job(name="quotas.recount", run=recount, every_seconds=300, timeout_seconds=240),
    Job(name="quotas.purge", run=purge, every_seconds=_DAY_SECONDS),
)
