"""What tenants need when nobody asks: their state reaches queue and nodes, and closed ones are erased in time."""

from control_plane.core.jobs import Job, JobContext
from control_plane.tenants import service, settling
from control_plane.tenants.service.standing import SETTLE_JOB


async def settle(context: JobContext) -> None:
    """Bring queue and nodes in line with every tenant's state."""
    await settling.settle(context.db, context.clock)


async def erase(context: JobContext) -> None:
    """Erase tenants whose time to reopen is over."""
    await service.erase_due(context.db, context.clock, context.blobs)


JOBS = (
    Job(name=SETTLE_JOB, run=settle, every_seconds=5, timeout_seconds=600),
    Job(name="tenants.erase", run=erase, every_seconds=600, timeout_seconds=3600),
)
