"""What keeps nodes in line with the relays for everybody's mail."""

from control_plane.core.jobs import Job, JobContext
from control_plane.relays import service
from control_plane.relays.service.publish import PUBLISH_JOB


async def publish(context: JobContext) -> None:
    """Publish what differs, to new nodes too."""
    await service.publish_for_all(context.db, context.vault)


JOBS = (Job(name=PUBLISH_JOB, run=publish, every_seconds=30),)
