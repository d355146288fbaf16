"""What quotas need when nobody asks: tenants told of their limits, counters compared with what there is."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.quotas import service
from control_plane.quotas.service import leases

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


async def tend_leases(context: JobContext) -> None:
    """Grant to nodes what is lacking."""
    await leases.tend(context.db, context.clock)


async def settle_leases(
    context: JobContext, tenant_id: str, node_id: str = "", generation: str = "0", wanted: str = "0"
) -> None:
    """Grant nodes what a tenant lacks there, or take back what one says it no longer has."""
    word = leases.Word(UUID(node_id), int(generation), int(wanted)) if node_id else None
    await leases.settle(context.db, UUID(tenant_id), context.clock, word)


JOBS = (
    Job(name=leases.SETTLE_JOB, run=settle_leases),
    Job(name=service.TELL_JOB, run=tell, every_seconds=60),
    Job(name=leases.TEND_JOB, run=tend_leases, every_seconds=15, timeout_seconds=240),
    Job(name="quotas.recount", run=recount, every_seconds=300, timeout_seconds=240),
    Job(name="quotas.purge", run=purge, every_seconds=_DAY_SECONDS),
)
