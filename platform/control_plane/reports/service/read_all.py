"""Show complaints, and how all domains fare."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import encode, lower_bound, time_of
from control_plane.core.pagination import Page, cursor
from control_plane.reports.queries import complaints, dmarc, tls
from control_plane.reports.schemas import Complaint, DmarcCounts, Filters, Kind, Standing
from control_plane.reports.service.read_dmarc import DAYS, bounds, counts_of, first_day

PREFIX = "cpl"
_DOMAIN = "dom"
_MOST_DOMAINS = 200


async def list_complaints(db: Database, filters: Filters, limit: int, after: str | None) -> Page[Complaint]:
    """List the bound tenant's complaints, newest first."""
    since, before = bounds(filters, cursor(PREFIX, after))
    async with db.tenant_tx() as tx:
        rows = await complaints.page(tx.connection, filters.domain, since, before, limit + 1)
    shown = tuple(
        Complaint(
            id=encode(PREFIX, row["id"]),
            domain_id=encode(_DOMAIN, row["domain_id"]),
            domain=row["domain"],
            kind=row["kind"],
            reporter=row["reporter"],
            recipient=row["recipient"],
            message_id=encode("msg", row["message_id"]) if row["message_id"] else None,
            delivery_id=encode("dlv", row["delivery_id"]) if row["delivery_id"] else None,
            received_at=time_of(row["id"]),
        )
        for row in rows[:limit]
    )
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def standings(db: Database, clock: Clock) -> tuple[Standing, ...]:
    """Show how the bound tenant's domains fared in the last thirty days, the troubled first."""
    since, since_id = first_day(clock.now(), DAYS), lower_bound(clock.now() - timedelta(days=DAYS))
    async with db.tenant_tx() as tx:
        rows = await dmarc.standings(tx.connection, since, _MOST_DOMAINS)
        sessions = {row["domain_id"]: row for row in await tls.totals(tx.connection, since)}
        complained = {row["domain_id"]: row["complaints"] for row in await complaints.totals(tx.connection, since_id)}
        arrived = {row["domain_id"]: row for row in await dmarc.last_arrivals(tx.connection, since_id)}
    totals: dict[UUID, dict[Kind, DmarcCounts]] = defaultdict(dict)
    for row in rows:
        if row["kind"]:
            totals[row["domain_id"]][row["kind"]] = counts_of(row)
    return tuple(
        Standing(
            domain_id=encode(_DOMAIN, domain_id),
            domain=name,
            totals=totals[domain_id],
            policy=arrived[domain_id]["policy"] if domain_id in arrived else "",
            tls_succeeded=sessions[domain_id]["succeeded"] if domain_id in sessions else 0,
            tls_failed=sessions[domain_id]["failed"] if domain_id in sessions else 0,
            complaints=complained.get(domain_id, 0),
            last_at=time_of(arrived[domain_id]["id"]) if domain_id in arrived else None,
        )
        for domain_id, name in {row["domain_id"]: row["domain"] for row in rows}.items()
    )
