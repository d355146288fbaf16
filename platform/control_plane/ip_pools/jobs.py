"""What keeps addresses true when nobody asks: their records and bindings are looked at again and again."""

from control_plane.core.jobs import Job, JobContext
from control_plane.ip_pools.service import checks, ending, telling
from control_plane.ip_pools.service.pooling import TELL_JOB


async def check_due(context: JobContext) -> None:
    """Check the addresses whose turn it is."""
    await checks.check_due(checks.means_of(context))


async def tell_nodes(context: JobContext) -> None:
    """Tell nodes which tenants' people send by a pool of their own from now on."""
    await telling.tell_nodes(context.db, context.vault)


async def see_off(context: JobContext) -> None:
    """Drain and release the dedicated addresses of tenants that are closed."""
    await ending.see_off(context.db, context.clock)


JOBS = (
    Job(name="ip_pools.check_due", run=check_due, every_seconds=10, timeout_seconds=120),
    Job(name="ip_pools.see_off", run=see_off, every_seconds=60, timeout_seconds=300),
    Job(name=TELL_JOB, run=tell_nodes, every_seconds=30, timeout_seconds=300),
)
