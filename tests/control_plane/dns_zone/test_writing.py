"""From a wish in the database to what the name server answers."""

from uuid import UUID

import msgspec
import pytest
from structlog.testing import capture_logs

from control_plane.core import ids
from control_plane.core.clock import FixedClock, SystemClock
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_zone import jobs, service
from control_plane.dns_zone.errors import NameRefused
from control_plane.dns_zone.names import acme_name, dkim_name
from control_plane.dns_zone.schemas import ZoneRecord
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.dns_zone.knot import WRONG_KEY, ZONE, Knot


async def put(runtime: Runtime, tenant: Tenant, *records: ZoneRecord) -> None:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await service.put(tx, runtime.settings, records)


async def id_of(runtime: Runtime, tenant: Tenant, domain: str) -> UUID:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            found: UUID = await tx.connection.fetchval("select id from mail_domains where name = $1", domain)
    return found


def txt(name: str, *values: str) -> ZoneRecord:
    return ZoneRecord(name=name, type="TXT", values=values)


@pytest.fixture
async def domain_id(zoned: Runtime, tenant: Tenant, domain: str) -> UUID:
    """A domain of `tenant`."""
    return await id_of(zoned, tenant, domain)


async def test_a_wish_reaches_the_name_server(zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID) -> None:
    long = "v=DKIM1; k=rsa; p=" + "A" * 400
    await put(zoned, tenant, txt(dkim_name(domain_id, "fp1r", ZONE), long), txt(acme_name(domain_id, ZONE), "a", "b"))
    await jobs.write(zoned)
    assert await knot.ask(acme_name(domain_id, ZONE), "TXT") == ['"a"', '"b"']
    (key,) = await knot.ask(dkim_name(domain_id, "fp1r", ZONE), "TXT")
    assert key.replace('" "', "") == f'"{long}"'
    assert await service.waiting(zoned.db) == 0


async def test_a_record_set_is_replaced_and_removed(
    zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID
) -> None:
    name = acme_name(domain_id, ZONE)
    await put(zoned, tenant, txt(name, "first"))
    await jobs.write(zoned)
    await put(zoned, tenant, txt(name, "second"))
    await jobs.write(zoned)
    assert await knot.ask(name, "TXT") == ['"second"']
    with acting_for(tenant.id):
        async with zoned.db.tenant_tx() as tx:
            await service.remove(tx, zoned.settings, [name])
    await jobs.write(zoned)
    assert await knot.ask(name, "TXT") == []


async def test_what_is_wished_again_unchanged_is_not_told_again(
    zoned: Runtime, tenant: Tenant, domain_id: UUID
) -> None:
    await put(zoned, tenant, txt(acme_name(domain_id, ZONE), "same"))
    await jobs.write(zoned)
    await put(zoned, tenant, txt(acme_name(domain_id, ZONE), "same"))
    assert await service.waiting(zoned.db) == 0


async def test_records_go_with_their_domain(zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID) -> None:
    await put(zoned, tenant, txt(acme_name(domain_id, ZONE), "gone soon"))
    await jobs.write(zoned)
    with acting_for(tenant.id):
        async with zoned.db.tenant_tx() as tx:
            await tx.connection.execute("delete from mail_domains where id = $1", domain_id)
    await jobs.write(zoned)
    assert await knot.ask(acme_name(domain_id, ZONE), "TXT") == []


async def test_nobody_writes_the_names_of_others(
    zoned: Runtime, tenant: Tenant, stranger: Tenant, domain_id: UUID
) -> None:
    for name in (acme_name(domain_id, ZONE), dkim_name(domain_id, "fp1r", ZONE), acme_name(ids.new_uuid(), ZONE)):
        with pytest.raises(NameRefused):
            await put(zoned, stranger, txt(name, "mine"))


async def test_a_tenant_does_not_write_the_platforms_own_names(zoned: Runtime, tenant: Tenant) -> None:
    for name in (f"www.{ZONE}", f"reports.{ZONE}", f"a.b.reports.{ZONE}"):
        with pytest.raises(Exception, match="row-level security"):
            await put(zoned, tenant, txt(name, "mine"))


async def test_what_others_wished_for_is_not_removed(
    zoned: Runtime, knot: Knot, tenant: Tenant, stranger: Tenant, domain_id: UUID
) -> None:
    name = acme_name(domain_id, ZONE)
    await put(zoned, tenant, txt(name, "stays"))
    with acting_for(stranger.id):
        async with zoned.db.tenant_tx() as tx:
            await service.remove(tx, zoned.settings, [name])
    await jobs.write(zoned)
    assert await knot.ask(name, "TXT") == ['"stays"']


async def test_the_fleet_writes_for_any_domain(zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID) -> None:
    async with zoned.db.fleet_tx() as tx:
        await service.put(tx, zoned.settings, [txt(acme_name(domain_id, ZONE), "challenge")])
    await jobs.write(zoned)
    assert await knot.ask(acme_name(domain_id, ZONE), "TXT") == ['"challenge"']


async def test_a_server_that_is_away_is_told_when_it_is_back(
    zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID
) -> None:
    knot.stop()
    await put(zoned, tenant, txt(acme_name(domain_id, ZONE), "waits"))
    await jobs.write(zoned)
    assert await service.waiting(zoned.db) == 1
    knot.start()
    await jobs.write(zoned)
    assert await knot.ask(acme_name(domain_id, ZONE), "TXT") == []  # it is put off for a while
    later = FixedClock(SystemClock().now())
    await service.hasten(zoned.db, later)
    await jobs.write(zoned)
    assert await knot.ask(acme_name(domain_id, ZONE), "TXT") == ['"waits"']


async def test_a_wrong_key_loses_nothing_and_says_so(
    zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID
) -> None:
    await put(zoned, tenant, txt(acme_name(domain_id, ZONE), "waits"))
    settings = msgspec.structs.replace(zoned.settings, zone=knot.settings(WRONG_KEY))
    with capture_logs() as logged:
        await jobs.write(msgspec.structs.replace(zoned, settings=settings))
    assert await service.waiting(zoned.db) == 1
    (said,) = [line["error"] for line in logged]
    assert "FLEETPOST_ZONE_KEY" in said
    assert WRONG_KEY.rpartition(":")[2] not in said


async def test_many_records_go_in_several_messages(
    zoned: Runtime, knot: Knot, tenant: Tenant, make_domain: MakeDomain, domain_id: UUID
) -> None:
    names = [dkim_name(domain_id, f"s{number}", ZONE) for number in range(200)]
    await put(zoned, tenant, *(txt(name, "k" * 420) for name in names))
    await jobs.write(zoned)
    assert await service.waiting(zoned.db) == 0
    assert await knot.ask(names[-1], "TXT") != []


async def test_records_that_fit_into_no_message_together_go_one_by_one(
    zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID
) -> None:
    names = [dkim_name(domain_id, f"n{number}", ZONE) for number in range(25)]
    await put(zoned, tenant, *[txt(name, *(letter * 3900 for letter in "ab")) for name in names])
    await jobs.write(zoned)
    assert await service.waiting(zoned.db) == 0
    assert len(await knot.ask(names[-1], "TXT")) == 2


async def test_the_platforms_own_records_are_put_by_the_sweep(zoned: Runtime, knot: Knot) -> None:
    await jobs.repair(zoned)
    assert await knot.ask(f"reports.{ZONE}", "MX") == ["10 mx.fleetpost.test."]
    assert await knot.ask(f"customer.test._report._dmarc.reports.{ZONE}", "TXT") == ['"v=DMARC1"']


async def test_without_a_zone_nothing_is_written(runtime: Runtime) -> None:
    assert not service.is_configured(runtime.settings)
    await jobs.write(runtime)
    await jobs.repair(runtime)
    assert await service.waiting(runtime.db) == 0
