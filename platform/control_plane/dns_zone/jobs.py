"""Jobs of the zone: write what has changed; see that it is all there."""

import structlog

from control_plane.core.jobs import Job, JobContext
from control_plane.dns_zone import service
from control_plane.dns_zone.errors import ZoneError
from control_plane.dns_zone.server import ZoneServer, from_settings

_HOUR_SECONDS = 60 * 60.0

_log = structlog.get_logger()


async def write(context: JobContext) -> None:
    """Tell the zone's name server what has changed."""
    server = _server(context)
    if server is not None:
        await service.write_due(context.db, context.clock, server)


async def repair(context: JobContext) -> None:
    """Put the platform's own records, and have the name server told again of what it has lost."""
    await service.put_platform_records(context.db, context.settings)
    server = _server(context)
    if server is None:
        return
    try:
        await service.repair(context.db, context.settings, server)
    except ZoneError as error:
        _log.warning("the zone could not be compared", action="dns_zone.uncompared", error=str(error))
    await service.write_due(context.db, context.clock, server)


def _server(context: JobContext) -> ZoneServer | None:
    try:
        server = from_settings(context.settings.zone)
    except ValueError as error:  # never the key itself
        _log.error("the zone cannot be written", action="dns_zone.bad_key", error=str(error))
        return None
    if server is None and service.is_configured(context.settings):
        hint = "set FLEETPOST_ZONE_SERVER and FLEETPOST_ZONE_KEY for the worker"
        _log.error("the zone cannot be written", action="dns_zone.no_server", error=hint)
    return server


JOBS = (
    Job(name="dns_zone.write", run=write, every_seconds=5),
    Job(name="dns_zone.repair", run=repair, every_seconds=_HOUR_SECONDS, timeout_seconds=600),
)
