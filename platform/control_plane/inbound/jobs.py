"""Jobs of inbound mail: dispatch it; look for what is due; forget; keep nodes told of what they are to hand up."""

from collections.abc import Sequence

from control_plane.core.jobs import Job, JobContext
from control_plane.inbound import service
from control_plane.inbound.schemas import Handler

_DISPATCH_SECONDS = 600


async def sweep(context: JobContext) -> None:
    """Trigger `inbound.dispatch` if mail is due."""
    await service.trigger_due(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Drop mails that are kept long enough."""
    await service.forget(context.db, context.clock)


async def publish_intakes(context: JobContext) -> None:
    """Bring the reports' domain to nodes that do not have it: new ones, and all at the very first start."""
    await service.publish_intakes(context.db, context.settings)


def jobs(handlers: Sequence[Handler]) -> tuple[Job, ...]:
    """Give the jobs, with those who take the mail in the order in which they are asked."""
    dispatcher = service.Dispatcher(handlers)

    async def dispatch(context: JobContext) -> None:
        await dispatcher.run(context)

    return (
        Job(name=service.DISPATCH_JOB, run=dispatch, timeout_seconds=_DISPATCH_SECONDS),
        Job(name="inbound.sweep", run=sweep, every_seconds=5),
        Job(name="inbound.forget", run=forget, every_seconds=3600),
        Job(name="inbound.publish_intakes", run=publish_intakes, every_seconds=5),
    )
