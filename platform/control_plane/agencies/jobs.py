"""What brands need when nobody asks: their host names are looked up again."""

import structlog

from control_plane.agencies.service import hosts
from control_plane.core.errors import Refused
from control_plane.core.jobs import Job, JobContext
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.resolver import DnsResolver

_EVERY_SECONDS = 300

_log = structlog.get_logger()


async def check_hosts(context: JobContext) -> None:
    """Look up the host names that are due."""
    resolver = DnsResolver(context.settings.nameservers)
    for tenant_id in await hosts.due(context.db, context.clock):
        try:
            with acting_for(tenant_id):
                await hosts.check(context.db, context.settings, context.clock, resolver)
        except Refused as refused:  # taken by another, or changed meanwhile
            _log.info("a brand's host was not proven", action="agencies.check_hosts", error=refused.code)


JOBS = (Job(name="agencies.check_hosts", run=check_hosts, every_seconds=_EVERY_SECONDS, timeout_seconds=300),)
