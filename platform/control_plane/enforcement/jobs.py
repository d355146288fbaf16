"""What enforcement needs when nobody asks: figures are looked at, the queue follows, new tenants grow."""

from control_plane.core.jobs import Job, JobContext
from control_plane.enforcement import service
from control_plane.enforcement.service.steps import SETTLE_JOB

_HOUR_SECONDS = 60 * 60.0
_DAY_SECONDS = 24 * _HOUR_SECONDS


async def look(context: JobContext) -> None:
    """Look at those who had many bounces lately, or a complaint."""
    await service.sweep(context.db, context.clock)


async def look_at_all(context: JobContext) -> None:
    """Look at everybody who had any."""
    await service.sweep(context.db, context.clock, least=1)


async def follow(context: JobContext) -> None:
    """Hold and free mail."""
    await service.settle(context.db, context.clock)


async def grow(context: JobContext) -> None:
    """Let new tenants send more."""
    await service.grow(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Forget old history."""
    await service.forget(context.db, context.clock)


JOBS = (
    Job(name="enforcement.look", run=look, every_seconds=20, timeout_seconds=300),
    Job(name="enforcement.look_at_all", run=look_at_all, every_seconds=_HOUR_SECONDS, timeout_seconds=600),
    Job(name=SETTLE_JOB, run=follow, every_seconds=5, timeout_seconds=600),
    Job(name="enforcement.grow", run=grow, every_seconds=_HOUR_SECONDS, timeout_seconds=300),
    Job(name="enforcement.forget", run=forget, every_seconds=_DAY_SECONDS, timeout_seconds=300),
)
