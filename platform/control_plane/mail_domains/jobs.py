"""Domain checks that nobody asks for: a sweep finds what is due."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service
from control_plane.mail_domains.errors import DomainTaken


async def check(context: JobContext, tenant_id: str, domain_id: str) -> None:
    """Check one domain if it is due."""
    with acting_for(UUID(tenant_id)):
        await service.check_if_due(service.checker(context), UUID(domain_id))


async def check_due(context: JobContext) -> None:
    """Check every domain that is due, one after the other."""
    for tenant_id, domain_id in await service.due_for_check(context.db, context.clock):
        with acting_for(tenant_id):
            try:
                await service.check_if_due(service.checker(context), domain_id)
            except DomainTaken:
                continue  # asked by its owner, the check says so


JOBS = (
    Job(name="mail_domains.check", run=check, timeout_seconds=30),
    Job(name="mail_domains.check_due", run=check_due, every_seconds=10, timeout_seconds=600),
)
