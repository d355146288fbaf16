"""A domain's records as a file."""

from uuid import UUID

from control_plane.core.database import Database
from control_plane.dns_publishing.exports import ExportedFile, Format, export
from control_plane.mail_domains import service as mail_domains
from control_plane.settings import Settings


async def records_file(db: Database, settings: Settings, domain_id: UUID, wanted: Format) -> ExportedFile:
    """Write a domain's records in a format; raises `NotFound`."""
    return export(await mail_domains.get(db, settings, domain_id), wanted)
