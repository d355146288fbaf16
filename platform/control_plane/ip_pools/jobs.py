"""What keeps addresses true when nobody asks: their records and bindings are looked at again and again."""

from control_plane.core.jobs import Job, JobContext
from control_plane.ip_pools.service import checks


async def check_due(context: JobContext) -> None:
    """Check the addresses whose turn it is."""
    await checks.check_due(checks.means_of(context))


JOBS = (Job(name="ip_pools.check_due", run=check_due, every_seconds=10, timeout_seconds=120),)
