"""What deliveries need when nobody asks: expired leases go back, old ones are forgotten, weeks are made and dropped."""

from control_plane.core.jobs import Job, JobContext
from control_plane.deliveries import service

_HOUR_SECONDS = 60 * 60.0
_DAY_SECONDS = 24 * _HOUR_SECONDS


async def release_expired(context: JobContext) -> None:
    """Take back leases that were not taken in time."""
    await service.release_expired(context.db)


async def unpark(context: JobContext) -> None:
    """Look again at what every node gave back."""
    await service.unpark(context.db, context.clock)


async def find_turns(context: JobContext) -> None:
    """Put in line what waits outside of it."""
    await service.find_turns(context.db)


async def forget_returns(context: JobContext) -> None:
    """Forget why deliveries were given back."""
    await service.forget_returns(context.db, context.clock)


async def forget_leases(context: JobContext) -> None:
    """Forget old leases."""
    await service.forget_leases(context.db)


async def extend_partitions(context: JobContext) -> None:
    """Make the coming weeks' partitions."""
    await service.extend_partitions(context.db)


async def drop_partitions(context: JobContext) -> None:
    """Drop the weeks whose time is over."""
    await service.drop_partitions(context.db, context.clock)


JOBS = (
    Job(name="deliveries.release_expired", run=release_expired, every_seconds=5),
    Job(name="deliveries.unpark", run=unpark, every_seconds=5),
    Job(name="deliveries.find_turns", run=find_turns, every_seconds=30),
    Job(name="deliveries.forget_returns", run=forget_returns, every_seconds=_DAY_SECONDS, timeout_seconds=600),
    Job(name="deliveries.forget_leases", run=forget_leases, every_seconds=_HOUR_SECONDS, timeout_seconds=600),
    Job(name="deliveries.extend_partitions", run=extend_partitions, every_seconds=_DAY_SECONDS),
    Job(name="deliveries.drop_partitions", run=drop_partitions, every_seconds=_DAY_SECONDS, timeout_seconds=3600),
)
