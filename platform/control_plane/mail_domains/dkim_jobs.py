"""Jobs that keep DKIM keys: one domain when it is asked for, and a sweep of all that are due."""

import asyncio
from uuid import UUID

import structlog

from control_plane.core.errors import Refused, Unavailable
from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service
from control_plane.mail_domains.service import Keeper

_AT_ONCE = 20

_log = structlog.get_logger()


async def keep(context: JobContext, tenant_id: str, domain_id: str) -> None:
    """Let the keys of one domain go on if it is time."""
    await _keep(service.keeper(context), UUID(tenant_id), UUID(domain_id))


async def keep_due(context: JobContext) -> None:
    """Let the keys of every domain go on whose time it is; one whose DNS is slow holds up few others."""
    means, turns = service.keeper(context), asyncio.Semaphore(_AT_ONCE)
    due = await service.due_for_keeping(context.db, context.clock)
    await asyncio.gather(*(_keep_in_turn(means, turns, tenant_id, domain_id) for tenant_id, domain_id in due))


async def _keep_in_turn(means: Keeper, turns: asyncio.Semaphore, tenant_id: UUID, domain_id: UUID) -> None:
    async with turns:
        try:
            await _keep(means, tenant_id, domain_id)
        except Unavailable:
            return  # the database is away: the next sweep will see
        except Exception:  # noqa: BLE001 whatever it is, the others' keys go on
            _log.exception("keys could not be kept", action="mail_domains.keep_failed", domain_id=str(domain_id))


async def _keep(means: Keeper, tenant_id: UUID, domain_id: UUID) -> None:
    with acting_for(tenant_id):
        try:
            if await service.keep_if_due(means, domain_id):
                await service.rotate_dkim(means, domain_id)
        except Refused as refusal:  # deleted or taken meanwhile, or a rotation is under way
            _log.info("keys are left as they are", action="mail_domains.keep_refused", error=refusal.detail)


JOBS = (
    Job(name=service.KEEP_JOB, run=keep, timeout_seconds=30),
    Job(name="mail_domains.keep_dkim_due", run=keep_due, every_seconds=5, timeout_seconds=300),
)
