"""Publishing outside requests: the work itself, what nobody is at, and links that are over."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for
from control_plane.dns_publishing import service
from control_plane.dns_publishing.service.publications import WORK_JOB


async def work(context: JobContext, tenant_id: str, publication_id: str) -> None:
    """Do what a publication is about."""
    with acting_for(UUID(tenant_id)):
        await service.work(context, UUID(publication_id))


async def find_waiting(context: JobContext) -> None:
    """Trigger the work on what nobody is at."""
    await service.trigger_waiting(context.db, context.clock)


async def forget_links(context: JobContext) -> None:
    """Delete links that are over."""
    await service.forget_old_links(context.db, context.clock)


JOBS = (
    Job(name=WORK_JOB, run=work, timeout_seconds=280),
    Job(name="dns_publishing.find_waiting", run=find_waiting, every_seconds=30),
    Job(name="dns_publishing.forget_links", run=forget_links, every_seconds=3600),
)
