"""Looks at blocklists that nobody asks for, spread over the day."""

from control_plane.core.jobs import Job, JobContext
from control_plane.reputation import service

LOOK_UP_JOB = "reputation.look_up_due"
_MOST_ROUNDS = 20


async def take_stock(context: JobContext) -> None:
    """Begin to look up what is new."""
    await service.take_stock(_means(context))


async def look_up_due(context: JobContext) -> None:
    """Look up what is due, until nothing is or enough was done."""
    means = _means(context)
    for _ in range(_MOST_ROUNDS):
        if not await service.look_up_due(means):
            return


async def forget_old(context: JobContext) -> None:
    """Delete old changes."""
    await service.forget_old(context.db, context.clock)


def _means(context: JobContext) -> service.Means:
    return service.Means(context.db, service.scanner_of(context), context.clock)


JOBS = (
    Job(name="reputation.take_stock", run=take_stock, every_seconds=60),
    Job(name=LOOK_UP_JOB, run=look_up_due, every_seconds=20, timeout_seconds=600),
    Job(name="reputation.forget_old", run=forget_old, every_seconds=6 * 3600),
)
