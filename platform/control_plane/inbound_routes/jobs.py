"""Jobs of inbound routes: keep nodes told of what they are to take; watch what was passed on; forget."""

from control_plane.core.jobs import Job, JobContext
from control_plane.inbound_routes import service


async def publish_outdated(context: JobContext) -> None:
    """Tell nodes anew of tenants that have proven or lost a domain."""
    await service.publish_outdated(context.db)


async def watch(context: JobContext) -> None:
    """Settle what was passed on and came back."""
    await service.watch(context.db, context.clock)


async def forget(context: JobContext) -> None:
    """Drop mail that is kept long enough, and the oldest of who has too much."""
    await service.forget(context.db, context.clock, context.settings.inbound_kept_days)
    await service.make_room(context.db, context.settings.inbound_kept_gib * 1024**3)


JOBS = (
    Job(name="inbound_routes.publish_outdated", run=publish_outdated, every_seconds=5),
    Job(name="inbound_routes.watch", run=watch, every_seconds=5),
    Job(name="inbound_routes.forget", run=forget, every_seconds=3600, timeout_seconds=600),
)
