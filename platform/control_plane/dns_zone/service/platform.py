"""The platform's own records in the zone: where reports are mailed to, and that anybody may have them mailed there."""

from control_plane.core.database import Database
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.dns_zone.service.wishes import is_configured, put
from control_plane.settings import Settings

_TTL_SECONDS = 3600


def platform_records(settings: Settings) -> list[ZoneRecord]:
    """List them; none where reports go to a domain outside the zone, whose records are the operator's to publish."""
    domain = settings.reports_domain
    if not domain.endswith(f".{settings.zone.name}"):
        return []
    return [
        _record(domain, "MX", f"10 {settings.mail_host}"),
        _record(domain, "TXT", "v=spf1 -all"),  # nobody writes from there
        _record(f"*._report._dmarc.{domain}", "TXT", "v=DMARC1"),  # RFC 7489 §7.1
    ]


async def put_platform_records(db: Database, settings: Settings) -> None:
    """Wish for them; those that are there stay as they are."""
    if is_configured(settings):
        async with db.fleet_tx() as tx:
            await put(tx, settings, platform_records(settings))


def _record(name: str, record_type: str, value: str) -> ZoneRecord:
    return ZoneRecord(name=name, type=record_type, values=(value,), ttl_seconds=_TTL_SECONDS)
