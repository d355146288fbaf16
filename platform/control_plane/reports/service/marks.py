"""Find out what our own mail of a domain is known by in a report."""

from collections.abc import Iterable

from control_plane.core.database import Database
from control_plane.ip_pools import service as ip_pools
from control_plane.mail_domains.service import ReportOwner
from control_plane.reports.queries import dmarc as queries
from control_plane.reports.reading import DmarcRecord
from control_plane.reports.sources import OurMarks


async def our_marks(db: Database, owner: ReportOwner, records: Iterable[DmarcRecord]) -> OurMarks:
    """Look up which of the addresses are ours, and what we sign with; the tenant must be bound."""
    async with db.fleet_tx() as tx:
        addresses = await ip_pools.known_addresses(tx, {record.source_ip for record in records})
    async with db.tenant_tx() as tx:
        selectors = await queries.selectors(tx.connection, owner.domain_id)
    return OurMarks(domain=owner.name, addresses=addresses, selectors=selectors)
