"""Domain checks that nobody asks for: a sweep finds what is due. And the end of what is too old to be of use."""

from control_plane.core.jobs import Job, JobContext
from control_plane.mail_domains import dkim_jobs, service

_ROUND_SECONDS = 500.0


async def check_due(context: JobContext) -> None:
    """Check every domain that is due."""
    await service.Round(service.checker(context)).run(seconds=_ROUND_SECONDS)


async def forget_old_checks(context: JobContext) -> None:
    """Delete checks that nobody looks at any more."""
    await service.forget_old_checks(context.db, context.clock)


JOBS = (
    *dkim_jobs.JOBS,
    Job(name="mail_domains.check_due", run=check_due, every_seconds=10, timeout_seconds=600),
    Job(name="mail_domains.forget_old_checks", run=forget_old_checks, every_seconds=3600, timeout_seconds=600),
)
