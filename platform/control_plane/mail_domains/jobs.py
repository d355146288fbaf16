"""Domain checks that nobody asks for: a sweep finds what is due."""

import asyncio
from uuid import UUID

import structlog

from control_plane.core.errors import Refused, Unavailable
from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service

_AT_ONCE = 20

_log = structlog.get_logger()


async def check(context: JobContext, tenant_id: str, domain_id: str) -> None:
    """Check one domain if it is due."""
    with acting_for(UUID(tenant_id)):
        await service.check_if_due(service.checker(context), UUID(domain_id))


async def check_due(context: JobContext) -> None:
    """Check every domain that is due, some at a time: DNS that is slow to answer holds up few others."""
    means, turns = service.checker(context), asyncio.Semaphore(_AT_ONCE)
    due = await service.due_for_check(context.db, context.clock)
    await asyncio.gather(*(_check_one(means, turns, tenant_id, domain_id) for tenant_id, domain_id in due))


async def _check_one(means: service.Checker, turns: asyncio.Semaphore, tenant_id: UUID, domain_id: UUID) -> None:
    """Check a domain; whatever is wrong with it is no other domain's concern."""
    async with turns:
        try:
            with acting_for(tenant_id):
                await service.check_if_due(means, domain_id)
        except (Refused, Unavailable):
            return  # taken by another, or deleted meanwhile, or the database is away: the next check will see
        except Exception:  # noqa: BLE001 whatever it is, the others are checked
            _log.exception(
                "a domain could not be checked", action="mail_domains.check_failed", domain_id=str(domain_id)
            )


JOBS = (
    Job(name="mail_domains.check", run=check, timeout_seconds=30),
    Job(name="mail_domains.check_due", run=check_due, every_seconds=10, timeout_seconds=600),
)
