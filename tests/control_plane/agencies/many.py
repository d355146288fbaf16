"""An agency with many clients, each with a day and a month of mail, stored in bulk."""

from datetime import UTC, datetime

from control_plane.core.database import Database
from tests.conftest import Tenant

_CLIENTS = """
insert into tenants (id, parent_id, kind, name, slug)
select new_uuid(), $1, 'client', 'Client ' || n, 'c-' || n || '-' || right($1::uuid::text, 12)
from generate_series(1, $2::int) n"""

_HOURS = """
insert into delivery_stats (tenant_id, grain, stream, provider, start, deliveries, held, deferred, delivered, bounced,
  complained, suppressed, failed, cancelled, last_at)
select t.id, 'hour', s.stream, s.provider, $2::timestamptz - make_interval(hours => h), 10, 0, 0, 9, 1, 0, 0, 0, 0, $2
from tenants t cross join generate_series(0, 47) h
cross join (values ('', ''), ('transactional', 'google'), ('transactional', 'microsoft'), ('broadcast', 'google'))
  as s (stream, provider)
where t.parent_id = $1"""

_DAYS = """
insert into delivery_stats (tenant_id, grain, stream, provider, start, deliveries, held, deferred, delivered, bounced,
  complained, suppressed, failed, cancelled, last_at)
select t.id, 'day', '', '', date_trunc('day', $2::timestamptz, 'UTC') - make_interval(days => d),
  240, 0, 0, 216, 24, 0, 0, 0, 0, $2
from tenants t cross join generate_series(0, 29) d where t.parent_id = $1"""


async def add_clients(db: Database, agency: Tenant, count: int, now: datetime | None = None) -> None:
    """Make clients below an agency, with mail in every hour of two days and every day of a month."""
    hour = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(_CLIENTS, agency.id, count)
        await tx.connection.execute(_HOURS, agency.id, hour)
        await tx.connection.execute(_DAYS, agency.id, hour)


async def add_client(db: Database, agency: Tenant, client: Tenant) -> None:
    """Put a tenant below an agency, which may act for it."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set parent_id = $2, path = array[$2, id] where id = $1", client.id, agency.id
        )
        await tx.connection.execute(
            "insert into tenant_grants (tenant_id, grantee_id, role) values ($1, $2, 'admin')", client.id, agency.id
        )
