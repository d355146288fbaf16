"""What keeps nodes at the set in force when nobody saves one: new nodes get it, and a lost trigger does no harm."""

from control_plane.core.jobs import Job, JobContext
from control_plane.shaping import service


async def publish(context: JobContext) -> None:
    """Bring the set in force to the nodes."""
    await service.publish(context.db)


JOBS = (Job(name=service.PUBLISH_JOB, run=publish, every_seconds=60, timeout_seconds=300),)
