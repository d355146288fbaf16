"""Reports on a place's domain, as somebody would mail them."""

from datetime import UTC, datetime, timedelta

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.reports import service
from control_plane.reports.schemas import Filters
from tests.control_plane.reports.letters import feedback, mail, tls_report, zip_mail
from tests.isolation.places import Place


async def dmarc_report(db: Database, place: Place) -> str:
    """Have a DMARC report arrive; gives its id."""
    content = feedback(domain=place.domain, begins_at=datetime.now(UTC) - timedelta(days=1))
    await _take(db, place, zip_mail(content))
    with acting_for(place.id):
        return (await service.list_dmarc(db, Filters(), 1, None)).data[0].id


async def tls(db: Database, place: Place) -> str:
    """Have a TLS report arrive; gives its id."""
    content = tls_report(place.domain, begins_at=datetime.now(UTC) - timedelta(days=1))
    await _take(db, place, mail(content, "application/tlsrpt+json", "report.json"))
    with acting_for(place.id):
        return (await service.list_tls(db, Filters(), 1, None)).data[0].id


async def _take(db: Database, place: Place, raw: bytes) -> None:
    async with db.fleet_tx() as tx:
        token = await tx.connection.fetchval("select report_token from mail_domains where name = $1", place.domain)
    taken = await service.take(db, f"{token}@reports.fleetpost.test", raw, datetime.now(UTC))
    assert taken.refused is None, taken.refused
