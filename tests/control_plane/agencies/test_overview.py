"""An agency sees all of its clients at a glance, the troubled ones first, and nobody else's."""

import statistics
import time
from datetime import UTC, datetime

from control_plane.agencies.service import overview
from control_plane.agencies.service.overview import Wanted
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.agencies.many import add_client, add_clients

CLOCK = FixedClock(datetime.now(UTC))
MOST_MILLISECONDS = 3000
"""The bar is 200 on a machine that does nothing else; here it is to notice a plan that has gone astray."""


async def look(db: Database, agency: Tenant, wanted: Wanted | None = None) -> overview.Found:
    with acting_for(agency.id):
        return await overview.clients(db, CLOCK, wanted or Wanted(), 0, 200)


async def test_totals_are_over_all_clients_and_courses_of_those_shown(db: Database, make_tenant: MakeTenant) -> None:
    agency = await make_tenant("agency")
    await add_clients(db, agency, 3, CLOCK.now())
    found = await look(db, agency, Wanted(query="client 2"))
    [row] = found.rows
    assert (row.facts.name, row.fared.day.deliveries, row.fared.month.deliveries) == ("Client 2", 240, 7200)
    assert found.courses[row.facts.id] == [10] * 24
    whole = (await look(db, agency)).overview
    assert (whole.clients, whole.day.deliveries, whole.month.bounced, len(whole.hours)) == (3, 720, 2160, 24)


async def test_the_troubled_come_first(db: Database, make_tenant: MakeTenant, make_domain: MakeDomain) -> None:
    agency, well, suspended, new = [await make_tenant(kind) for kind in ("agency", "client", "client", "client")]
    for client in (well, suspended, new):
        await add_client(db, agency, client)
    await make_domain(well, "acme")
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set status = 'suspended' where id = $1", suspended.id)
    rows = (await look(db, agency)).rows
    assert rows[0].facts.id == suspended.id
    assert {row.facts.id: row.health.concern for row in rows} == {
        suspended.id: "suspended",
        well.id: "quiet",
        new.id: "setup",
    }
    assert [row.facts.id for row in (await look(db, agency, Wanted(level="bad"))).rows] == [suspended.id]
    assert {row.facts.id: row.domains.verified for row in rows}[well.id] == 1


async def test_domains_are_counted_by_their_state_and_the_worst_come_first(
    db: Database, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    agency, sound, flawed, lost = [await make_tenant(kind) for kind in ("agency", "client", "client", "client")]
    for client, status in ((sound, "verified"), (flawed, "degraded"), (lost, "failed")):
        await add_client(db, agency, client)
        await make_domain(client)
        name = await make_domain(client)
        with acting_for(client.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute("update mail_domains set status = $2 where name = $1", name, status)
    rows = (await look(db, agency, Wanted(sort="domains"))).rows
    assert [row.facts.id for row in rows] == [lost.id, flawed.id, sound.id]
    counts = [(row.domains.verified, row.domains.attention, row.domains.failed) for row in rows]
    assert counts == [(1, 0, 1), (1, 1, 0), (2, 0, 0)]


async def test_only_those_below_are_seen(db: Database, make_tenant: MakeTenant, tenant: Tenant) -> None:
    agency, other = await make_tenant("agency"), await make_tenant("agency")
    await add_client(db, agency, tenant)
    assert [row.facts.id for row in (await look(db, agency)).rows] == [tenant.id]
    assert (await look(db, other)).rows == []
    everybody = await overview.everybody(db, CLOCK, Wanted(), 0, 10)
    assert {tenant.id, agency.id, other.id} <= {row.facts.id for row in everybody.rows}


async def test_a_thousand_clients_are_read_quickly(db: Database, make_tenant: MakeTenant) -> None:
    agency = await make_tenant("agency")
    await add_clients(db, agency, 1000, CLOCK.now())
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        found = await look(db, agency)
        seconds.append(time.perf_counter() - began)
    print(f"1,000 clients: median {statistics.median(seconds) * 1000:.0f} ms")
    assert len(found.rows) == 1000
    assert min(seconds) * 1000 <= MOST_MILLISECONDS
