"""Jobs of suppressions: import files, end what was for a time only."""

from uuid import UUID

from control_plane.core.jobs import Job, JobContext
from control_plane.core.turns import Turns
from control_plane.suppressions import service

_IMPORT_SECONDS = 3600
_AT_ONCE_PER_TENANT = 1

_turns: Turns[str] = Turns(_AT_ONCE_PER_TENANT)


async def run_import(context: JobContext, tenant_id: str, import_id: str) -> None:
    """Read a file into the list; a tenant's other files wait for it, and a sweep comes back to them."""
    if _turns.is_free(tenant_id):
        async with _turns.take(tenant_id):
            await service.Importer(context.db, context.clock).run(UUID(tenant_id), UUID(import_id))


async def find_imports(context: JobContext) -> None:
    """Trigger `suppressions.import` for files that wait."""
    await service.trigger_waiting(context.db)


async def forget_uploads(context: JobContext) -> None:
    """Forget uploads that were broken off."""
    await service.forget_uploads(context.db, context.clock)


async def expire(context: JobContext) -> None:
    """End what was for a time only."""
    await service.expire(context.db, context.clock)


JOBS = (
    Job(name=service.IMPORT_JOB, run=run_import, timeout_seconds=_IMPORT_SECONDS),
    Job(name="suppressions.find_imports", run=find_imports, every_seconds=5),
    Job(name="suppressions.forget_uploads", run=forget_uploads, every_seconds=3600),
    Job(name="suppressions.expire", run=expire, every_seconds=60),
)
