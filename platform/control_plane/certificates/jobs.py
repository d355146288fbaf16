"""What certificates need when nobody asks: names get theirs, orders go on, ends are told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import structlog

from control_plane.certificates import service
from control_plane.certificates.service import Means
from control_plane.core.errors import Refused, Unavailable
from control_plane.core.ids import TenantId
from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for

_AT_ONCE = 8
_WORK_SECONDS = 150
"""Shorter than the lease of what is worked on."""

_log = structlog.get_logger()


async def want(context: JobContext, tenant_id: str) -> None:
    """Bring one tenant's certificates in line with its names."""
    async with service.opened(context) as means:
        with acting_for(UUID(tenant_id)):
            await service.want(means)


async def want_all(context: JobContext) -> None:
    """Bring all tenants' certificates in line with their names."""

    async def want_one(tenant_id: TenantId) -> None:
        with acting_for(tenant_id):
            await service.want(means)

    async with service.opened(context) as means:
        await _each(((tenant_id,) for tenant_id in await service.tenants_to_look_at(means)), want_one)


async def work(context: JobContext, tenant_id: str, certificate_id: str) -> None:
    """Get one certificate on, if it is due."""
    async with service.opened(context) as means:
        with acting_for(UUID(tenant_id)):
            await service.work_on(means, UUID(certificate_id))


async def work_due(context: JobContext) -> None:
    """Get every certificate on that is due."""
    await _for_each(context, await service.due(context), service.work_on)


async def look_up_windows(context: JobContext) -> None:
    """Ask authorities when their certificates are to be renewed."""
    async with service.opened(context) as means:
        found = await service.windows_due(means)
    await _for_each(context, found, service.look_up_window)


async def warn(context: JobContext) -> None:
    """Tell people of certificates that end."""

    async def warn_one(means: Means, certificate_id: UUID) -> None:
        await service.warn(means.runtime, certificate_id)

    await _for_each(context, await service.ending(context), warn_one)


async def _for_each(
    context: JobContext,
    found: Iterable[tuple[TenantId, UUID]],
    act: Callable[[Means, UUID], Awaitable[None]],
) -> None:
    async def act_for(tenant_id: TenantId, certificate_id: UUID) -> None:
        with acting_for(tenant_id):
            async with asyncio.timeout(_WORK_SECONDS):
                await act(means, certificate_id)

    async with service.opened(context) as means:
        await _each(found, act_for)


async def _each(found: Iterable[tuple[object, ...]], act: Callable[..., Awaitable[None]]) -> None:
    """Act on each, some at a time; whatever is wrong with one is no other's concern."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def act_in_turn(arguments: tuple[object, ...]) -> None:
        async with turns:
            try:
                await act(*arguments)
            except (Refused, Unavailable, TimeoutError):
                return  # deleted meanwhile, or a neighbour is away: the next sweep will see
            except Exception:  # noqa: BLE001 whatever it is, the others go on
                _log.exception("a certificate could not be worked on", action="certificates.failed")

    await asyncio.gather(*(act_in_turn(arguments) for arguments in found))


JOBS = (
    Job(name=service.WANT_JOB, run=want),
    Job(name="certificates.want_all", run=want_all, every_seconds=300, timeout_seconds=600),
    Job(name=service.WORK_JOB, run=work, timeout_seconds=_WORK_SECONDS),
    Job(name="certificates.work_due", run=work_due, every_seconds=15, timeout_seconds=900),
    Job(name="certificates.look_up_windows", run=look_up_windows, every_seconds=900, timeout_seconds=900),
    Job(name="certificates.warn", run=warn, every_seconds=3600, timeout_seconds=600),
)
